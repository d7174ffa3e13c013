"""Fetching a resident's photo from Twilio.

The URL came in a signed webhook and is still only believed when it lies where Twilio keeps
our media. Twilio wants Basic auth there and answers with a redirect to a storage host,
which must not get our credentials. Bytes are capped while they stream, and what the file
is, its first bytes say, not its label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from integrations.kit.caller import Answer, Call, Caller
from integrations.kit.errors import Unreadable
from integrations.twilio.errors_table import PROVIDER, MediaRefused

MAX_BYTES = 6 << 20
"""Twilio's own limit for incoming media is 5 MB."""
STORAGE_HOSTS = ("twilio.com", "twiliocdn.com", "s3.amazonaws.com", "s3-external-1.amazonaws.com")
"""Where redirects may lead, these and hosts below them (UNVERIFIED, messaging.md section 10)."""
_FILE = re.compile(r"(?:SM|MM)[0-9a-f]{32}/Media/ME[0-9a-f]{32}")
_HOST = re.compile(r"[a-z0-9.-]{1,253}")
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"BEGIN:VCARD", "text/vcard"),
    (0, b"%PDF", "application/pdf"),
)


@dataclass(frozen=True, slots=True)
class FetchedMedia:
    """A photo as it was stored at Twilio. `content_type` is what its bytes are."""

    content_type: str
    data: bytes


def sniff(data: bytes) -> str:
    """Return the media type that the first bytes show, or `application/octet-stream`."""
    if data[:4] == b"RIFF" and data[8:12] != b"WEBP":
        return "audio/wav" if data[8:12] == b"WAVE" else "video/avi"
    for offset, magic, kind in _MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return kind
    return "application/octet-stream"


class TwilioMedia:
    """Fetches and deletes media of our account."""

    def __init__(
        self,
        caller: Caller,
        *,
        account_sid: str,
        auth: tuple[str, str],
        base_url: str = "https://api.twilio.com",
        storage_hosts: tuple[str, ...] = STORAGE_HOSTS,
    ) -> None:
        """Arguments as for `TwilioAdapter`; `storage_hosts`: where redirects may lead.

        Give it a caller of its own without a pace: files do not count as messages.
        """
        self._caller = caller
        self._auth = auth
        self._base = urlsplit(base_url)
        self._folder = f"{self._base.path.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages/"
        self._storage_hosts = (*storage_hosts, self._base.hostname or "")

    async def fetch(self, url: str) -> FetchedMedia:
        """Return a photo.

        Raises:
            MediaRefused: the URL is not Twilio's, or it is no photo; `detail` says which.
            AdapterError: it could not be fetched, or is too large (`Unreadable`).
        """
        self._check(url)
        answer = await self._get(url, self._auth)
        if answer.status in REDIRECTS:
            target = _join(url, answer.headers.get("location", ""))
            if not self._is_storage(target):
                raise MediaRefused(PROVIDER, "fetch_media", detail="link")
            answer = await self._get(target, None)
            if answer.status in REDIRECTS:
                raise Unreadable(PROVIDER, "fetch_media", status=answer.status)
        kind = sniff(answer.body)
        if not kind.startswith("image/"):
            family = kind.partition("/")[0]
            detail = family if family in ("video", "audio") else "other"
            raise MediaRefused(PROVIDER, "fetch_media", detail=detail)
        return FetchedMedia(kind, answer.body)

    async def delete(self, url: str) -> None:
        """Delete the file at Twilio; that it is gone already is fine. Raises `AdapterError`."""
        self._check(url)
        call = Call(
            "delete_media",
            "DELETE",
            url,
            auth=self._auth,
            accepts=frozenset({404}),
            purpose="poller",
        )
        await self._caller.call(call, lambda answer: None)

    async def _get(self, url: str, auth: tuple[str, str] | None) -> Answer:
        call = Call("fetch_media", "GET", url, auth=auth, accepts=REDIRECTS, max_bytes=MAX_BYTES)
        return await self._caller.call(call, lambda answer: answer)

    def _check(self, url: str) -> None:
        parts = _split(url)
        ours = (parts.scheme, parts.netloc) == (self._base.scheme, self._base.netloc)
        rest = parts.path.removeprefix(self._folder)
        # Nothing but a file of a message: no dots, spelt out or not, lead out of the folder.
        if not ours or rest == parts.path or _FILE.fullmatch(rest) is None:
            raise MediaRefused(PROVIDER, "fetch_media", detail="link")

    def _is_storage(self, url: str) -> bool:
        parts = _split(url)
        if parts.scheme not in ("https", self._base.scheme) or "@" in parts.netloc:
            return False
        host = parts.hostname or ""
        if _HOST.fullmatch(host) is None:  # httpx may read another host out of an odd one
            return False
        return any(host == known or host.endswith(f".{known}") for known in self._storage_hosts)


def _split(url: str) -> SplitResult:
    """Return the parts of a URL; one that is none has empty parts, which are nobody's."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  is read late, and raises when it is no number
    except ValueError:
        return urlsplit("")
    return parts


def _join(url: str, location: str) -> str:
    """Return where a redirect leads, or an empty text."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""
