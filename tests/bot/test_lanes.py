"""Lanes: ten thousand notices that wait do not delay a live answer."""

from __future__ import annotations

import asyncio
from typing import Any

from redis.asyncio import Redis

from bot import lanes
from bot.pump import Pump
from bot.storage import outbox
from bot.storage.metadata import to_ms
from bot.wakes import GROUP, SENDS
from integrations.kit.errors import Unreachable

NOTICES, SLOTS = 10_000, 4


async def fill(redis: Redis, lane: int, ids: list[str]) -> None:
    """Announce rows on a lane's stream."""
    pipe = redis.pipeline(transaction=False)
    for row in ids:
        pipe.xadd(SENDS[lane], {"id": row})
    await pipe.execute()


async def test_a_live_answer_is_taken_before_every_notice_that_has_not_begun(redis: Redis) -> None:
    """What is in work is finished; then the live answer, before the next of 10,000 notices."""
    for stream in SENDS:
        await redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
    await fill(redis, lanes.NOTICES, [f"n{i}" for i in range(NOTICES)])
    begun: asyncio.Queue[str] = asyncio.Queue()
    go_on = asyncio.Semaphore(0)

    async def work(row: str) -> None:
        begun.put_nowait(row)
        await go_on.acquire()

    stop = asyncio.Event()
    pump = Pump(redis, SENDS, work, slots=SLOTS, consumer="one")
    running = asyncio.create_task(pump.run(stop))
    async with asyncio.timeout(30):
        first = [await begun.get() for _ in range(SLOTS)]
        assert first == [f"n{i}" for i in range(SLOTS)]
        await fill(redis, lanes.LIVE_REPLIES, ["live"])
        await fill(redis, lanes.STOP_AND_HELP, ["stop"])
        for expected in ("stop", "live", f"n{SLOTS}"):
            go_on.release()
            assert await begun.get() == expected
    stop.set()
    for _ in range(SLOTS):
        go_on.release()
    await running


async def test_a_live_answer_that_was_put_off_is_not_hidden_by_notices(
    house: Any, clock: Any, redis: Redis
) -> None:
    """The sweeper announces it although the notices' stream is full; of notices it adds none."""
    house.messenger.before = [Unreachable("twilio", "send")]
    await house.hear("hello")
    await house.work()
    await house.change(
        "INSERT INTO outbox (id, conversation_id, resident_id, kind, name, provider, lane, state,"
        " dedupe, job_box, replaceable, allowed_once, attempts, next_attempt_at, expires_at,"
        " trace_id, queued_at) SELECT 'Z' || substr(id, 2), conversation_id, resident_id, kind,"
        f" name, provider, {lanes.NOTICES}, 'queued', 'a notice', job_box, replaceable,"
        " allowed_once, attempts, 0, expires_at, trace_id, queued_at FROM outbox"
    )
    await redis.flushall()
    await fill(redis, lanes.NOTICES, [f"n{i}" for i in range(1000)])
    clock.advance(60)
    await house.shell.sweeper().sweep()
    assert await redis.xlen(SENDS[lanes.LIVE_REPLIES]) == 1
    assert await redis.xlen(SENDS[lanes.NOTICES]) == 1000


async def test_a_sweep_takes_the_upper_lanes_first(house: Any, clock: Any) -> None:
    """More is due than one sweep announces: the live answer is among the first."""
    await house.hear("hello")
    [(talk,)] = await house.rows("SELECT id FROM conversations")
    [(who,)] = await house.rows("SELECT id FROM residents")
    now = to_ms(clock.now())

    def job(lane: int, number: int) -> outbox.NewJob:
        return outbox.NewJob(
            conversation_id=talk, resident_id=who, kind="send", name="echo", provider="twilio",
            lane=lane, dedupe=f"{lane}:{number}", job={}, next_attempt_at=now,
            expires_at=now + 9_000_000, trace_id="t",
        )  # fmt: skip

    jobs = [job(lanes.NOTICES, n) for n in range(60)] + [job(lanes.LIVE_REPLIES, 0)]
    vault = house.shell.vault
    await house.shell.storage.write(lambda c: outbox.add(c, vault, jobs, now))
    due = await house.shell.storage.read(lambda c: outbox.due(c, now + 5000, 3000, 10))
    assert [item.lane for item in due] == [lanes.LIVE_REPLIES] + [lanes.NOTICES] * 9
