"""Running chores: each at its interval, in one process of all that could."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter

from bot.registry import Chore, discover_chores
from bot.storage import chores
from bot.storage.engine import StatementRefusedError, StorageAwayError
from bot.storage.metadata import to_ms

if TYPE_CHECKING:
    from bot.shell import Shell

LEASE_S = 15 * 60
"""Seconds a chore may take before another process thinks its runner dead."""

CHORES = Counter("chores_total", "Chores run, by how they ended", ["chore", "result"])
log = structlog.get_logger("bot.scheduler")


class Scheduler:
    """Runs chores. Intervals follow the service's clock, so moving it brings them forward."""

    def __init__(self, shell: Shell, found: Mapping[str, Chore] | None = None) -> None:
        self._shell = shell
        self._chores = discover_chores() if found is None else found

    async def run(self, stop: asyncio.Event) -> None:
        """Look every second what is due, until `stop` is set."""
        while not stop.is_set():
            for chore in self._chores.values():
                if not stop.is_set():
                    await self.run_if_due(chore)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1.0)

    async def run_if_due(self, chore: Chore) -> bool:
        """Run one chore if it is due and nobody has it; return whether it ran."""
        storage = self._shell.storage
        now = to_ms(self._shell.clock.now())
        try:
            if not await storage.write(lambda c: chores.take(c, chore.name, now, LEASE_S * 1000)):
                return False
            result = await self._try(chore)
            end = to_ms(self._shell.clock.now())
            next_at = end + round(chore.every_s * 1000)
            await storage.write(lambda c: chores.finish(c, chore.name, end, next_at))
        except (StorageAwayError, StatementRefusedError) as error:
            log.warning("chore_failed", chore=chore.name, error_code=str(error))
            return False
        CHORES.labels(chore.name, result).inc()
        return True

    async def _try(self, chore: Chore) -> str:
        """Run a chore; a defect in one must not stop the others."""
        try:
            await chore.run(self._shell)
        except Exception as error:
            log.error("chore_failed", chore=chore.name, error_code=type(error).__name__)
            return "failed"
        return "done"
