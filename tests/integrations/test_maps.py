"""Maps that are kept: drawn once for a block and a day, and only at block level."""

from __future__ import annotations

import asyncio

import pytest

from integrations.kit.cache import MemoryCache
from integrations.kit.errors import Unreachable
from integrations.kit.ports import MapMaker
from integrations.maps import KEPT_S, KeptMaps


class Painter:
    """Draws a picture that tells what was asked for; raises what it is told to."""

    provider = "painter"

    def __init__(self) -> None:
        self.asked: list[tuple[float, float, bool]] = []
        self.fails = False

    async def draw(self, latitude: float, longitude: float, *, dark: bool = False) -> bytes:
        """Draw."""
        self.asked.append((latitude, longitude, dark))
        await asyncio.sleep(0)
        if self.fails:
            raise Unreachable(self.provider, "static")
        return f"{latitude} {longitude} {dark}".encode()


async def test_a_block_is_drawn_once_a_day() -> None:
    """Two doors of one block share a picture until the day is over; a dark one is another."""
    now = 0.0
    painter = Painter()
    maps = KeptMaps(painter, MemoryCache(lambda: now))
    assert isinstance(maps, MapMaker)

    first = await maps.draw(40.712772, -73.961234)
    assert await maps.draw(40.713249, -73.960811) == first
    await maps.draw(40.713, -73.961, dark=True)
    now = KEPT_S + 1
    await maps.draw(40.713, -73.961)

    assert painter.asked == [(40.713, -73.961, dark) for dark in (False, True, False)]


async def test_who_waits_for_the_same_picture_gets_it() -> None:
    """Ten mail programs that open one mail at once cost one drawing."""
    painter = Painter()
    maps = KeptMaps(painter, MemoryCache())

    got = await asyncio.gather(*(maps.draw(40.7, -73.9) for _ in range(10)))

    assert len(set(got)) == len(painter.asked) == 1
    assert maps._drawing == {}


async def test_a_failure_is_not_kept() -> None:
    """Nothing is kept of a picture that could not be drawn: the next look tries again."""
    painter = Painter()
    maps = KeptMaps(painter, MemoryCache())
    painter.fails = True
    with pytest.raises(Unreachable):
        await maps.draw(40.7, -73.9)
    painter.fails = False

    assert await maps.draw(40.7, -73.9)
