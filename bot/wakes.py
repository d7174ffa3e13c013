"""Waking workers: Redis Streams that carry ids, and nothing but ids.

Whatever is lost here is found again by the sweeper, so nothing waits for Redis longer than
a moment and no failure travels up. One stream for turns, one per lane for sends, one for deeds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.storage.dead_letters import DeadLetter
from bot.storage.outbox import Ready

TURNS = "ch:wake:turns"
DEEDS = "ch:wake:deeds"
STAFF = "ch:wake:staff"
SENDS = tuple(f"ch:wake:sends:{lane}" for lane in range(4))
GROUP = "workers"

_PATIENCE_S = 1.0
_LONGEST = 100_000
LOST = Counter("wakes_lost_total", "Wake-ups that Redis did not take; the sweeper finds the work")

Lost = Callable[[Sequence[str], Sequence[Ready], Sequence[str]], None]


def stream_of(ready: Ready) -> str:
    """Return the stream an outbox row is announced on."""
    return DEEDS if ready.kind == "do" else SENDS[min(max(ready.lane, 0), len(SENDS) - 1)]


class Wakes:
    """Publishes ids after their rows are committed, never before.

    Args:
        redis: a client whose `socket_timeout` and retries are short.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.on_lost: Lost | None = None  # a worker takes what its own process cannot announce

    async def publish(
        self,
        turns: Iterable[str] = (),
        ready: Iterable[Ready] = (),
        staff: Iterable[str] = (),
    ) -> bool:
        """Announce conversations, outbox rows and what staff did; False when Redis took none."""
        turns, ready, staff = list(dict.fromkeys(turns)), list(ready), list(staff)
        if not turns and not ready and not staff:
            return True
        try:
            async with asyncio.timeout(_PATIENCE_S):
                pipe = self._redis.pipeline(transaction=False)
                for row in turns:
                    pipe.xadd(TURNS, {"id": row}, maxlen=_LONGEST, approximate=True)
                for item in ready:
                    pipe.xadd(stream_of(item), {"id": item.id}, maxlen=_LONGEST, approximate=True)
                for row in staff:
                    pipe.xadd(STAFF, {"id": row}, maxlen=_LONGEST, approximate=True)
                await pipe.execute()
        except (RedisError, OSError, TimeoutError):
            LOST.inc(len(turns) + len(ready) + len(staff))
            if self.on_lost is not None:
                self.on_lost(turns, ready, staff)
            return False
        return True

    async def index_dead(self, letters: Iterable[DeadLetter]) -> None:
        """Put buried rows on the list `dlq:<provider>`: id, error code and trace id."""
        letters = list(letters)
        if not letters:
            return
        try:
            async with asyncio.timeout(_PATIENCE_S):
                pipe = self._redis.pipeline(transaction=False)
                for item in letters:
                    pipe.lpush(f"dlq:{item.provider}", _entry(item))
                await pipe.execute()
        except (RedisError, OSError, TimeoutError):
            LOST.inc(len(letters))  # the table has them; the list is an index

    async def forget_dead(self, letters: Iterable[DeadLetter]) -> None:
        """Take letters that were replayed or discarded off the list."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                for item in letters:
                    await self._redis.lrem(f"dlq:{item.provider}", 0, _entry(item))
        except (RedisError, OSError, TimeoutError):
            pass  # the table knows; the list is an index

    async def backlogs(self) -> dict[str, int]:
        """Return stream to how many ids wait to be read or acknowledged; 0 when Redis is away."""
        streams = (TURNS, DEEDS, STAFF, *SENDS)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                pipe = self._redis.pipeline(transaction=False)
                for stream in streams:
                    pipe.xlen(stream)
                return dict(zip(streams, await pipe.execute(), strict=True))
        except (RedisError, OSError, TimeoutError):
            return dict.fromkeys(streams, 0)


def _entry(item: DeadLetter) -> str:
    return f"{item.outbox_id} {item.error_code} {item.trace_id}"
