"""Expiring links under which a city's staff see a photo that came with a report.

A link holds the photo's id, when it ends and a keyed mark of both. Nobody can make one for another
photo or a later day, and nothing about the resident is in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime

LIFETIME_S = 90 * 24 * 3600
"""Seconds a link works: as long as a request is followed."""

_MARK_BYTES = 16
_TOKEN = re.compile(r"([0-9A-Za-z]{1,64})\.([0-9a-f]{1,12})\.([0-9A-Za-z_-]{22})")
"""Just what `make` writes: a number of a thousand digits would break the arithmetic."""


class PhotoLinks:
    """Makes and checks links.

    Args:
        secret: key of the marks; the same on every process.
        base_url: the public address of the service, without slash at its end.
        now: the time.
    """

    def __init__(self, secret: bytes, base_url: str, now: Callable[[], datetime]) -> None:
        self._secret = hmac.digest(secret, b"cityhelper photo links", hashlib.sha256)
        self._base = base_url
        self._now = now

    def make(self, photo_id: str) -> str:
        """Return the address of a photo."""
        ends = round(self._now().timestamp()) + LIFETIME_S
        return f"{self._base}/photos/{photo_id}.{ends:x}.{self._mark(photo_id, ends)}"

    def check(self, token: str) -> str | None:
        """Return the photo's id of a link's last part, or None when it is forged or has ended."""
        form = _TOKEN.fullmatch(token)
        if form is None:
            return None
        photo_id, ends = form[1], int(form[2], 16)
        good = hmac.compare_digest(form[3], self._mark(photo_id, ends))
        return photo_id if good and ends > self._now().timestamp() else None

    def _mark(self, photo_id: str, ends: int) -> str:
        mark = hmac.digest(self._secret, f"{photo_id}.{ends}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mark[:_MARK_BYTES]).decode().rstrip("=")
