"""Keeping mails whole, and the pictures that came with them until they are checked and stripped.

Everything is sealed under its own name. A mail that is brought again has the same name, so it is
kept once. Only pictures large enough to be photos are taken up: the rest are logos of signatures,
and stay in the whole mail.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

from bot.photos import Blobs, sniff
from bot.storage.crypto import Vault
from conversations.vocabulary.mail import InboundMail, MailFile
from conversations.vocabulary.messages import Media
from integrations.kit.errors import Rejected

SMALLEST_PHOTO = 10 * 1024
"""Bytes; a smaller picture is a logo."""

MOST_FILES = 10
_SCHEME = "mail:"


class MailBlobs:
    """Keeps mails and their files.

    Args:
        vault: seals them.
        blobs: where sealed content lies.
    """

    def __init__(self, vault: Vault, blobs: Blobs) -> None:
        self._vault = vault
        self._blobs = blobs

    async def keep_whole(self, mail: InboundMail) -> str:
        """Keep a mail as it came and return its name. Raises `OSError` when it cannot be kept."""
        name = "mail-" + self._vault.index("mail-blob", mail.key)[:32]
        await self._put(name, mail.raw)
        return name

    async def keep_unread(self, body: bytes) -> str:
        """Keep what is no mail we understand, and return its name; the same body has the same."""
        name = "unread-" + self._vault.index("mail-blob", hashlib.sha256(body).hexdigest())[:32]
        await self._put(name, body)
        return name

    async def keep_files(self, blob: str, files: Sequence[MailFile]) -> tuple[Media, ...]:
        """Keep what may be photos (and films, which are told to be none); see `fetch`."""
        kept = []
        for number, file in enumerate(filter(_may_be_photo, files)):
            if number >= MOST_FILES:
                break
            name = f"{blob}-{number}"
            await self._put(name, file.content)
            kept.append(Media(_SCHEME + name, sniff(file.content) or file.content_type[:60]))
        return tuple(kept)

    async def fetch(self, url: str) -> bytes:
        """Return a kept file, as the deed that checks photos wants it. Raises `AdapterError`."""
        name = url.removeprefix(_SCHEME)
        sealed = await self._blobs.get(name)
        if sealed is None:
            raise Rejected("mail", "fetch")
        return self._vault.open_bytes("mails.content", name, sealed)

    async def _put(self, name: str, content: bytes) -> None:
        sealed = await asyncio.to_thread(self._vault.seal_bytes, "mails.content", name, content)
        await self._blobs.put(name, sealed)


def _may_be_photo(file: MailFile) -> bool:
    """Return whether a file is a picture of some size, or a film."""
    if file.content_type.startswith("video/"):
        return True
    return sniff(file.content) is not None and len(file.content) >= SMALLEST_PHOTO
