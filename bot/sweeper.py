"""The sweeper: finds what should have happened and did not, and what has become due.

Every second: leases that lapsed while sending become doubts, due timers become events, forgotten
conversations and due outbox rows are announced again. It makes Redis a convenience.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from prometheus_client import Gauge

from bot.clock import Clock
from bot.outbox import LOOK_UP_AFTER_S
from bot.storage import doubts, inbox, outbox, staff_inbox, timers
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, StatementRefusedError, Storage, StorageAwayError
from bot.storage.metadata import to_ms
from bot.storage.outbox import Ready
from bot.wakes import STAFF, TURNS, Wakes, stream_of

EVERY_S = 1.0
GRACE_MS = 3000
"""A row just announced is left alone this long."""

AGAIN_S = 10.0
"""Seconds before the same id is announced again: a backlog must not grow by being announced."""

MOST = 500
BACKLOG = 1000
"""With this many ids still in a stream nothing of it is forgotten, only late."""

Queue = Callable[[Connection, int], list[Ready]]
"""Adds outbox rows that have become due, milliseconds; returns them to be announced."""

OPEN = Gauge("outbox_open", "Rows of the outbox not at their end", ["provider", "state"])
log = structlog.get_logger("bot.sweeper")


@dataclass(frozen=True, slots=True)
class _Found:
    """What waits: conversations, rows of the outbox, what staff did; and how many rows are open."""

    forgotten: list[str]
    due: list[Ready]
    staff: list[str]
    counts: dict[tuple[str, str], int]


class Sweeper:
    """Sweeps. One per worker process; several do no harm, every claim is atomic."""

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        wakes: Wakes,
        clock: Clock,
        queue: Queue | None = None,
    ) -> None:
        """`queue`: finds the cards of staff that are outdated; None without staff's channel."""
        self._storage = storage
        self._vault = vault
        self._wakes = wakes
        self._clock = clock
        self._queue = queue
        self._announced: dict[str, float] = {}
        self._shown: set[tuple[str, str]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep every second until `stop` is set."""
        while not stop.is_set():
            try:
                await self.sweep()
            except (StorageAwayError, StatementRefusedError) as error:
                log.warning("sweep_failed", error_code=str(error))
            with contextlib.suppress(TimeoutError):
                pause = EVERY_S * random.uniform(0.8, 1.2)  # noqa: S311  # only spreads processes
                await asyncio.wait_for(stop.wait(), pause)

    async def sweep(self) -> None:
        """Sweep once."""
        now = to_ms(self._clock.now())
        woken, queued = await self._storage.write(lambda c: self._change(c, now))
        found = await self._storage.read(lambda c: self._find(c, now))
        self._show(found.counts)
        waiting = await self._wakes.backlogs()

        def is_called_for(row: str, stream: str) -> bool:
            # By stream: ten thousand notices must not hide a live reply that was put off.
            return waiting[stream] < BACKLOG and self._is_news(row)

        turns = [row for row in found.forgotten if is_called_for(row, TURNS)]
        ready = [item for item in found.due if is_called_for(item.id, stream_of(item))]
        staff = [row for row in found.staff if is_called_for(row, STAFF)]
        await self._wakes.publish([*woken, *turns], [*queued, *ready], staff)

    def _change(self, connection: Connection, now: int) -> tuple[list[str], list[Ready]]:
        """Turn lapsed leases into doubts, due timers into events, news into cards."""
        lapsed = doubts.lapse(connection, now, LOOK_UP_AFTER_S * 1000)
        if lapsed:
            log.warning("leases_lapsed", count=lapsed)
        staff_inbox.end_never_opened(connection, now)
        queued = self._queue(connection, now) if self._queue else []
        return timers.fire_due(connection, self._vault, now, MOST), queued

    def _find(self, connection: Connection, now: int) -> _Found:
        """Return what waits and nobody is told of, and how many rows are open."""
        return _Found(
            inbox.forgotten(connection, now - GRACE_MS, MOST),
            outbox.due(connection, now, GRACE_MS, MOST),
            staff_inbox.forgotten(connection, now - GRACE_MS, MOST),
            outbox.count_open(connection),
        )

    def _show(self, counts: dict[tuple[str, str], int]) -> None:
        """Show how many rows are open; what is no longer there is shown as none."""
        for which in self._shown - counts.keys():
            OPEN.labels(*which).set(0)
        for which, count in counts.items():
            OPEN.labels(*which).set(count)
        self._shown |= counts.keys()

    def _is_news(self, row: str) -> bool:
        """Return whether this id was not announced lately, and note that it is now."""
        at = asyncio.get_running_loop().time()
        if len(self._announced) > 20 * MOST:
            self._announced = {k: v for k, v in self._announced.items() if at - v < AGAIN_S}
        if at - self._announced.get(row, -AGAIN_S) < AGAIN_S:
            return False
        self._announced[row] = at
        return True
