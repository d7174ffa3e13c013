"""Pictures of blocks, each drawn once a day: mails and pages show the same one many times.

The key is the rounded place, so neighbours share a picture and the cache names no door. A picture
that is not there is not drawn a second time by who waits for it in the same process.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode

from integrations.kit.cache import Cache
from integrations.kit.ports import MapMaker

KEPT_S = 24 * 3600
DECIMALS = 3
"""About a block; no maker is ever told more."""

VERSION = 1
"""Part of every key in the cache. Raise it when the pictures look different."""


class KeptMaps:
    """A map maker that keeps what another one drew; the port is `MapMaker`."""

    def __init__(self, maker: MapMaker, cache: Cache) -> None:
        """`cache` is shared by all processes and may be away."""
        self.provider = maker.provider
        self._maker = maker
        self._cache = cache
        self._drawing: dict[str, asyncio.Lock] = {}

    async def draw(self, latitude: float, longitude: float, *, dark: bool = False) -> bytes:
        """Return a PNG of the blocks around a place, from the cache when it is there.

        Raises:
            AdapterError: there is none now.
            ValueError: no point on the map.
        """
        latitude, longitude = round(latitude, DECIMALS), round(longitude, DECIMALS)
        question = f"{latitude:.{DECIMALS}f},{longitude:.{DECIMALS}f},{'dark' if dark else 'light'}"
        lock = self._drawing.setdefault(question, asyncio.Lock())
        try:
            async with lock:
                return await self._draw(question, latitude, longitude, dark)
        finally:
            if not lock.locked():
                self._drawing.pop(question, None)

    async def _draw(self, question: str, latitude: float, longitude: float, dark: bool) -> bytes:
        kind = f"map.{self.provider}.{VERSION}"
        kept = await self._cache.get(kind, question)
        if isinstance(kept, str):
            return b64decode(kept)
        picture = await self._maker.draw(latitude, longitude, dark=dark)
        await self._cache.put(kind, question, b64encode(picture).decode(), KEPT_S)
        return picture
