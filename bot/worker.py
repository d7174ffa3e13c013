"""The worker process: takes turns, delivers the outbox, sweeps. Any number may run anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from redis.asyncio import Redis

from bot.outbox import Outbox
from bot.pump import Pump
from bot.slack.clerk import Clerk
from bot.storage.outbox import Ready
from bot.sweeper import Sweeper
from bot.turn import Turns
from bot.wakes import DEEDS, SENDS, STAFF, TURNS, Wakes

TURNS_AT_ONCE = 64
"""Conversations in work at once: they cost little and commit together."""


class Worker:
    """Runs its pumps and a sweeper until told to stop.

    Args:
        redis: client with short timeouts, used by the pumps only.
        wakes, turns, outbox, sweeper: this process's own.
        concurrency: sends, and deeds, in work at once.
        clerk: takes up what staff did in Slack; None without Slack.
        name: unique name of this process.
    """

    def __init__(
        self,
        *,
        redis: Redis,
        wakes: Wakes,
        turns: Turns,
        outbox: Outbox,
        sweeper: Sweeper,
        name: str,
        concurrency: int = 8,
        clerk: Clerk | None = None,
    ) -> None:
        self._turns = Pump(redis, (TURNS,), turns.take, slots=TURNS_AT_ONCE, consumer=name)
        self._sends = Pump(redis, SENDS, outbox.deliver, slots=concurrency, consumer=name)
        self._deeds = Pump(redis, (DEEDS,), outbox.deliver, slots=concurrency, consumer=name)
        self._staff: Pump | None = None
        if clerk is not None:
            self._staff = Pump(redis, (STAFF,), clerk.take, slots=concurrency, consumer=name)
        self._sweeper = sweeper
        self._finishing = (turns.finish, outbox.finish)
        wakes.on_lost = self._take_lost

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish the work in hand and return."""
        async with asyncio.TaskGroup() as group:
            for pump in (self._turns, self._sends, self._deeds, self._staff):
                if pump is not None:
                    group.create_task(pump.run(stop))
            group.create_task(self._sweeper.run(stop))
        for finish in self._finishing:
            await finish()

    def _take_lost(
        self, turns: Sequence[str], ready: Sequence[Ready], staff: Sequence[str]
    ) -> None:
        """Do here what Redis cannot announce to others."""
        self._turns.feed(turns)
        self._sends.feed(item.id for item in ready if item.kind == "send")
        self._deeds.feed(item.id for item in ready if item.kind == "do")
        if self._staff is not None:
            self._staff.feed(staff)
