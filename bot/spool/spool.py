"""Keeping what comes in while the database is away: appended, synced, answered for.

Once something is kept, everything goes the same way until it is drained: so a sender's messages
stay in order, and an outage costs nobody the wait for a database that does not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import structlog
from prometheus_client import Counter

from bot.disk import append_synced
from bot.spool.files import SpoolFile, Taken, take
from bot.spool.records import Record, seal
from bot.storage.crypto import Vault
from bot.storage.engine import StorageAwayError
from conversations.vocabulary.handles import Handle

T = TypeVar("T")

PATIENCE_S = 2.0
"""Seconds the database has to take something; Twilio itself waits three (`#rt=3000`)."""

MOST_AT_ONCE = 256
"""Records that share a sync."""

KEPT = Counter("spool_kept_total", "Records the spool took, or could not take", ["result"])
log = structlog.get_logger("bot.spool")


class SpoolError(Exception):
    """The spool cannot take it either: its disk, or its limit. The text is one word."""


class Spool:
    """The spool of one process. Used from its event loop only.

    Args:
        folder: where the files lie, `SPOOL_DIR`.
        vault: seals what is kept.
        most_bytes: the file may not grow beyond.
        patience_s: seconds the database has to take something.
    """

    def __init__(
        self, folder: Path, vault: Vault, most_bytes: int, patience_s: float = PATIENCE_S
    ) -> None:
        self.folder = folder
        self._vault = vault
        self._most_bytes = most_bytes
        self._patience_s = patience_s
        self._waiting: list[tuple[bytes, str | None, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._file: SpoolFile | None = None
        self._drained = 0
        self._drained_count = 0
        self._left: set[asyncio.Task[object]] = set()

    @property
    def holds(self) -> bool:
        """Whether something is kept, or about to be, that is not yet in the database."""
        return self._file is not None or bool(self._waiting)

    async def through(
        self,
        work: Callable[[], Awaitable[T]],
        record: Record,
        stop: Handle | None = None,
    ) -> T | None:
        """Do `work`, or keep the record when the database does not take it; None: it is kept.

        Args:
            work: brings it into the database. It may still end after the record was kept: whatever
                it does must be known by its key when the record is drained.
            record: the same, to be drained later.
            stop: whose stop it is; nothing more is sent there from this machine meanwhile.

        Raises:
            StorageAwayError: neither took it.
        """
        if self.holds:
            with contextlib.suppress(SpoolError):  # full: rather out of order than refused
                await self.keep(record, stop)
                return None
        task: asyncio.Task[T] = asyncio.ensure_future(_run(work))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._patience_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if done:
            try:
                return task.result()
            except StorageAwayError:
                pass
        else:
            self._leave(task)
        try:
            await self.keep(record, stop)
        except SpoolError as error:
            raise StorageAwayError(f"spool_{error}") from None
        return None

    async def keep(self, record: Record, stop: Handle | None = None) -> None:
        """Return once a record, and whose stop it is, are on the disk. Raises `SpoolError`."""
        mark = None if stop is None else self._vault.index("handle", stop)
        if _is_large(record):
            content = await asyncio.to_thread(seal, self._vault, record)
        else:
            content = seal(self._vault, record)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((content, mark, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await future

    async def _write_all(self) -> None:
        """Write batch after batch until nothing waits; each is synced once."""
        while self._waiting:
            batch = self._waiting[:MOST_AT_ONCE]
            try:
                await asyncio.to_thread(self._append, batch)
            except (OSError, SpoolError) as error:
                word = str(error) if isinstance(error, SpoolError) else "disk"
                self._end(batch, word)
            else:
                self._end(batch, None)

    def _append(self, batch: list[tuple[bytes, str | None, asyncio.Future[None]]]) -> None:
        """Write one batch; in a thread, one at a time."""
        contents = [content for content, _, _ in batch]
        size = self._file.size if self._file is not None else 0
        if size + sum(map(len, contents)) > self._most_bytes:
            raise SpoolError("full")
        if self._file is None:
            self._file = SpoolFile.create(self.folder)
        self._file.append(contents, [mark for _, mark, _ in batch if mark is not None])

    def _end(
        self, batch: list[tuple[bytes, str | None, asyncio.Future[None]]], problem: str | None
    ) -> None:
        """Tell those who wait how it ended."""
        del self._waiting[: len(batch)]
        KEPT.labels(problem or "kept").inc(len(batch))
        if problem is not None:
            log.error("spool_failed", error_code=problem, count=len(batch))
        for _, _, future in batch:
            if future.done():
                continue
            if problem is None:
                future.set_result(None)
            else:
                future.set_exception(SpoolError(problem))

    def take(self, most: int) -> Taken:
        """Return the oldest frames that are not drained; in a thread, never beside `done`."""
        return Taken((), 0) if self._file is None else take(self._file, self._drained, most)

    def done(self, taken: Taken) -> bool:
        """Note that frames are in the database; return whether the file went, because all are."""
        file = self._file
        if file is None:
            return True
        self._drained = max(self._drained, taken.end)
        self._drained_count += len(taken.frames)
        busy = bool(self._waiting) or (self._writing is not None and not self._writing.done())
        if not busy and self._drained >= file.size:
            file.remove()
            self._file, self._drained, self._drained_count = None, 0, 0
        return self._file is None

    def set_apart(self, content: bytes) -> None:
        """Keep what the database refuses for a person. Raises `OSError`."""
        assert self._file is not None
        self._file.set_apart(content)

    @property
    def records(self) -> int:
        """How many records are kept that are not yet in the database."""
        return 0 if self._file is None else self._file.count - self._drained_count

    def _leave(self, task: asyncio.Task[T]) -> None:
        """Let work that hangs end when it will; breaking it off would hang as well."""
        self._left.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[T]) -> None:
        self._left.discard(task)
        if not task.cancelled():
            task.exception()

    async def close(self) -> None:
        """Let go of the file; what is in it stays for whoever drains it."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        for task in self._left:
            task.cancel()
        if self._file is not None:
            self._file.close()
            self._file = None


async def _run(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


def _is_large(record: Record) -> bool:
    """Return whether sealing a record takes long enough for a thread: a mail with files."""
    return bool(getattr(getattr(record, "mail", None), "files", ()))


def probe(folder: Path) -> None:
    """Make the folder, and a file in it, as keeping would. Raises `OSError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / ".probe"
    append_synced(path, b"spool")
    path.unlink()
