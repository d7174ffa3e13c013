"""Replaying dead letters once, an hour after they were buried: by then a key may be put right.

Only sends that the provider said no to; never what is in doubt, too late, or not wanted any more
(`bot/dlq/replay.py`). What is refused again stays for a person. A provider that has little of its
day's quota left is spared.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter, Gauge

from bot.dlq.replay import AUTOMATIC, replay
from bot.storage import dead_letters
from bot.storage.metadata import to_ms
from bot.storage.outbox import Ready

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 300
AFTER_MS = 3_600_000
BATCH = 100
REPLAYS = Counter("dead_letters_replayed_total", "Automatic replays, by result", ["result"])
OPEN = Gauge("dead_letters_open", "Dead letters that nobody has settled", ["provider"])
log = structlog.get_logger("bot.chores.replay_dead")


async def run(shell: Shell) -> None:
    """Replay what has waited an hour, and show how many letters wait for a person."""
    now = to_ms(shell.clock.now())
    found = await shell.storage.read(
        lambda c: dead_letters.list_waiting(c, AUTOMATIC, now - AFTER_MS, now, BATCH)
    )
    spared = {p for p in {letter.provider for letter in found} if await _is_low(shell, p)}
    ready: list[Ready] = []
    for letter in found:
        if letter.provider in spared:
            REPLAYS.labels("quota").inc()
            continue
        again = functools.partial(replay, vault=shell.vault, outbox_id=letter.outbox_id, now=now)
        done = await shell.storage.write(again)
        REPLAYS.labels(done.word).inc()
        if done.ready is not None:
            await shell.wakes.forget_dead([letter])
            ready.append(done.ready)
    await shell.wakes.publish((), ready)
    left = await shell.storage.read(dead_letters.count_open)
    for provider in shell.messengers.keys() | left.keys():
        OPEN.labels(provider).set(left.get(provider, 0))


async def _is_low(shell: Shell, provider: str) -> bool:
    """Return whether so little of the provider's day is left that residents need it."""
    caller = shell.callers.get(provider)
    return caller is not None and await caller.is_low()
