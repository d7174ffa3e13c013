"""The breakers' states, told between processes: workers post theirs, `/readyz` reads them all.

Breakers live in the process that calls the provider. A post expires by itself, so a worker that is
gone is not believed for long; with Redis away only this process's own are known.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

PREFIX = "ch:breakers:"
POST_EVERY_S = 2.0
POST_LIVES_S = 10
READ_S = 1.0
WORSE = ("closed", "half-open", "open")

States = Mapping[str, str]


async def post_states(
    redis: Redis, process: str, states: Callable[[], States], stop: asyncio.Event
) -> None:
    """Post a process's states again and again until `stop` is set.

    Args:
        redis: a client with short timeouts.
        process: unique name of the process.
        states: gives provider to `closed`, `half-open` or `open`.
        stop: ends it.
    """
    while not stop.is_set():
        with contextlib.suppress(RedisError, OSError):
            await redis.set(PREFIX + process, orjson.dumps(dict(states())), ex=POST_LIVES_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), POST_EVERY_S)


async def read_states(redis: Redis, own: States) -> dict[str, str]:
    """Return the worst state of each provider's breaker over all processes, `own` included."""
    worst = dict(own)
    with contextlib.suppress(RedisError, OSError, TimeoutError):
        async with asyncio.timeout(READ_S):
            keys = [key async for key in redis.scan_iter(match=PREFIX + "*", count=100)]
            for post in await redis.mget(keys) if keys else []:
                for name, state in (orjson.loads(post) if post else {}).items():
                    if WORSE.index(state) > WORSE.index(worst.get(name, "closed")):
                        worst[name] = state
    return dict(sorted(worst.items()))
