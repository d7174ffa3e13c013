"""The call log of the twins: what each provider received and answered.

Secrets are masked before anything is kept; the log holds the last 5,000 calls. What
residents wrote is in it, for that is what one wants to see: a twin never runs in
production and never sees a real resident.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

CAPACITY = 5000
BODY_CHARS = 4000
MASK = "***"
SECRET_HEADERS = frozenset(
    {"authorization", "x-api-key", "ocp-apim-subscription-key", "x-twilio-signature", "cookie"}
)
SECRET_FIELDS = frozenset(
    {"app_key", "app_id", "access_token", "api_key", "apikey", "subscription-key", "key", "token"}
)
SHOWN_HEADERS = SECRET_HEADERS | {"content-type", "user-agent", "idempotency-key", "accept"}
_JSON_SECRET = re.compile(r"(secret|token|password|api_?key)", re.IGNORECASE)


@dataclass(slots=True)
class Entry:
    """One call a twin received. `request` and `answer` are JSON, pairs or short text."""

    id: int
    at: str
    provider: str
    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    request: Any
    status: int | None = None
    answer: Any = None
    fault: str | None = None
    committed: bool = True
    ms: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return a plain JSON object."""
        return asdict(self)


class Journal:
    """Keeps the last calls, newest last."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self._count = 0

    def open(
        self,
        provider: str,
        operation: str,
        method: str,
        path: str,
        query: bytes,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Entry:
        """Write down a call that just came in; the answer is filled in later."""
        self._count += 1
        entry = Entry(
            id=self._count,
            at=self._now().isoformat(timespec="milliseconds"),
            provider=provider,
            operation=operation,
            method=method,
            path=path,
            query=_mask_pairs(parse_qsl(query.decode("latin-1"), keep_blank_values=True)),
            headers={
                name: MASK if name in SECRET_HEADERS else value
                for name, value in headers.items()
                if name in SHOWN_HEADERS
            },
            request=readable(body, headers.get("content-type", "")),
        )
        self._entries.append(entry)
        return entry

    def entries(
        self, provider: str | None = None, since: int = 0, operation: str | None = None
    ) -> list[Entry]:
        """Return the calls after entry `since`, oldest first."""
        return [
            entry
            for entry in self._entries
            if entry.id > since
            and provider in (None, entry.provider)
            and operation in (None, entry.operation)
        ]

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        self._entries.clear()


def readable(body: bytes, content_type: str) -> Any:
    """Return a body as JSON, form fields or short text, with its secrets masked."""
    if not body:
        return None
    if "x-www-form-urlencoded" in content_type:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        return _mask_pairs(pairs)
    if "json" in content_type and len(body) <= 1 << 16:
        try:
            return mask_json(orjson.loads(body))
        except orjson.JSONDecodeError:
            pass
    if content_type.startswith(("image/", "video/", "audio/")):
        return f"({len(body)} bytes of {content_type})"
    return body[:BODY_CHARS].decode("utf-8", "replace")


def mask_json(value: Any) -> Any:
    """Return a JSON value with the values of secret-looking names masked."""
    if isinstance(value, dict):
        return {
            name: MASK if _JSON_SECRET.search(str(name)) else mask_json(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [mask_json(inner) for inner in value]
    return value


def _mask_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in pairs:
        shown = MASK if name.lower() in SECRET_FIELDS else value[:BODY_CHARS]
        fields[name] = f"{fields[name]}, {shown}" if name in fields else shown
    return fields
