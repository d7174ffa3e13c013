"""The service's clock. Everything that is due, expires or is said to be new follows it.

Leases do not: they follow the database's own clock (`bot/storage/metadata.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

AHEAD_KEY = "ch:clock:ahead_s"
"""Redis key: by how many seconds the embedded form's clock was moved forward."""

_REFRESH_S = 0.5


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, with zone."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """The machine's clock, moved forward by an amount that all processes share through Redis.

    For the embedded form only: the playground moves it to show nudges, polls and expiries.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the moved moment, as of the last refresh."""
        return datetime.now(UTC) + self._ahead

    async def advance(self, seconds: float) -> datetime:
        """Move the clock of every process forward and return the new moment."""
        await self._redis.incrbyfloat(AHEAD_KEY, seconds)
        await self.refresh()
        return self.now()

    async def refresh(self) -> None:
        """Read how far the clock was moved; keep the last known when Redis is away."""
        with contextlib.suppress(RedisError, OSError, ValueError):
            self._ahead = timedelta(seconds=float(await self._redis.get(AHEAD_KEY) or 0))

    async def run(self, stop: asyncio.Event) -> None:
        """Keep refreshed until `stop` is set."""
        while not stop.is_set():
            await self.refresh()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _REFRESH_S)
