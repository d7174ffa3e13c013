"""Finding out whether the database takes a write: a full or locked one still answers questions.

One small row is written, at most once a second in each process, however often it is asked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from bot.storage.engine import Storage
from bot.storage.tables import pulse

FRESH_S = 1.0
"""Seconds for which one answer serves everybody who asks."""

# A count, not a time: SQLite does not write a row that would be the same as before.
_BEAT = (
    insert(pulse)
    .values(id=1, beats=1)
    .on_conflict_do_update(index_elements=["id"], set_={"beats": pulse.c.beats + 1})
)


class Pulse:
    """Whether this process's database takes writes.

    Args:
        storage: the database.
        seconds: a clock that never goes back.
    """

    def __init__(self, storage: Storage, seconds: Callable[[], float] = time.monotonic) -> None:
        self._storage = storage
        self._seconds = seconds
        self._beat: asyncio.Task[None] | None = None
        self._begun = 0.0

    async def beat(self) -> None:
        """Return when a write was taken within the last second.

        A beat that hangs (a lock) is waited for by all, and is not followed by others.

        Raises:
            StorageAwayError, StatementRefusedError: it was not taken.
        """
        last = self._beat
        if last is None or (last.done() and self._seconds() - self._begun >= FRESH_S):
            self._begun = self._seconds()
            last = self._beat = asyncio.create_task(self._storage.write(_write))
            last.add_done_callback(_look)
        await asyncio.shield(last)


def _write(connection: Connection) -> None:
    connection.execute(_BEAT)


def _look(task: asyncio.Task[None]) -> None:
    """Look at how a beat ended, although whoever asked may have given up waiting."""
    if not task.cancelled():
        task.exception()
