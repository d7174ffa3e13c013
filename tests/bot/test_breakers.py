"""Breakers told between processes: posted, read, the worst counts, lost Redis is no error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from redis.exceptions import ConnectionError as RedisAway

from bot.breakers import PREFIX, post_states, read_states


class Board:
    """The three commands of Redis that are used."""

    def __init__(self, away: bool = False) -> None:
        self.posts: dict[str, bytes] = {}
        self.lives: list[int] = []
        self._away = away

    async def set(self, key: str, value: bytes, ex: int) -> None:
        """Keep a post."""
        if self._away:
            raise RedisAway("away")
        self.posts[key] = value
        self.lives.append(ex)

    async def scan_iter(self, match: str, count: int) -> AsyncIterator[str]:
        """Yield the keys."""
        if self._away:
            raise RedisAway("away")
        for key in self.posts:
            yield key

    async def mget(self, keys: list[str]) -> list[bytes | None]:
        """Return the posts; one may be gone by now."""
        return [*[self.posts[key] for key in keys], None]


async def test_posted_states_are_read_by_others() -> None:
    """What a worker posts, another process reads; open anywhere is open."""
    board: Any = Board()
    stop = asyncio.Event()
    for name, state in (("w1", "open"), ("w2", "closed")):
        posting = asyncio.create_task(
            post_states(board, name, lambda state=state: {"nyc311.write": state}, stop)
        )
        await asyncio.sleep(0.01)
        stop.set()
        await posting
        stop.clear()
    assert set(board.posts) == {PREFIX + "w1", PREFIX + "w2"}
    assert all(life > 0 for life in board.lives)
    states = await read_states(board, {"nyc311.write": "closed", "twilio.read": "closed"})
    assert states == {"nyc311.write": "open", "twilio.read": "closed"}


async def test_redis_away_is_no_error() -> None:
    """Without Redis a process knows its own breakers and goes on."""
    board: Any = Board(away=True)
    stop = asyncio.Event()
    posting = asyncio.create_task(post_states(board, "w1", dict, stop))
    await asyncio.sleep(0.01)
    stop.set()
    await posting
    assert await read_states(board, {"twilio.read": "open"}) == {"twilio.read": "open"}
