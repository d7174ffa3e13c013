"""The worker over a real Redis: everything done once, whatever Redis forgets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.scheduler import Scheduler
from bot.shell import process_name


@asynccontextmanager
async def working(house: Any, count: int = 1) -> Any:
    """Run workers of the shell, and stop them the way SIGTERM does."""
    stop = asyncio.Event()
    shells = [replace(house.shell, name=process_name()) for _ in range(count)]
    tasks = [asyncio.create_task(shell.worker().run(stop)) for shell in shells]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110  # what we wait for is in the database
            await asyncio.sleep(0.02)


async def test_two_workers_do_everything_once(house: Any, redis: Redis) -> None:
    """200 messages through two workers: each answered once, and the streams are empty after."""

    async def all_sent() -> bool:
        return len(house.messenger.sent) >= 200

    async with working(house, 2):
        await asyncio.gather(*(house.hear(f"m{i}", number=f"+1718555{i:04}") for i in range(200)))
        await until(all_sent)
    assert sorted(house.messenger.texts()) == sorted(f"m{i}" for i in range(200))
    for stream in ("turns", "deeds", "sends:1"):
        assert await redis.xlen(f"ch:wake:{stream}") == 0


async def test_redis_may_forget_everything(house: Any, redis: Redis, monkeypatch: Any) -> None:
    """FLUSHALL again and again in mid-work: nothing is lost and nothing done twice."""
    monkeypatch.setattr("bot.sweeper.GRACE_MS", -1)
    monkeypatch.setattr("bot.sweeper.AGAIN_S", 0.5)

    async def all_sent() -> bool:
        return len(house.messenger.sent) >= 60

    async with working(house, 2):
        for i in range(60):
            await house.hear(f"m{i}", number=f"+1718555{i:04}")
            if random.random() < 0.2:
                await redis.flushall()
        await until(all_sent)
    assert sorted(house.messenger.texts()) == sorted(f"m{i}" for i in range(60))


async def test_work_in_hand_is_finished_before_the_end(house: Any) -> None:
    """A worker told to stop ends the send it has begun and writes its end."""
    house.messenger.pause_s = 0.5

    async def begun() -> bool:
        return bool(await house.rows("SELECT 1 FROM outbox WHERE state='sending'"))

    async with working(house):
        await house.hear("hello")
        await until(begun)
    assert await house.rows("SELECT state FROM outbox") == [("done",)]


async def test_without_redis_the_sweeper_feeds_the_worker(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no Redis at all messages are answered all the same, only later."""
    monkeypatch.setattr("bot.sweeper.GRACE_MS", -1)
    gone = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    house.shell = replace(house.shell, redis=gone)
    house.shell.wakes._redis = gone

    async def all_sent() -> bool:
        return len(house.messenger.sent) == 5

    async with working(house):
        for i in range(5):
            await house.hear(f"m{i}", number=f"+1718555{i:04}")
        await until(all_sent)
    await gone.aclose()


async def test_a_chore_runs_in_one_process(house: Any, clock: Any) -> None:
    """Of many schedulers one runs a due chore, and again only after its interval."""
    from bot.registry import Chore, discover_chores

    assert {"poll_status", "reconcile"} <= set(discover_chores())
    ran = []

    async def run(_shell: Any) -> None:
        ran.append(1)
        await asyncio.sleep(0.05)

    chore = Chore("test", 60, run)
    schedulers = [Scheduler(house.shell, {"test": chore}) for _ in range(3)]
    await asyncio.gather(*(scheduler.run_if_due(chore) for scheduler in schedulers))
    assert ran == [1]
    clock.advance(61)
    await schedulers[0].run_if_due(chore)
    assert ran == [1, 1]
