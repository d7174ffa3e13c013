"""Bringing what the spool kept into the database, in order, once the database is back.

Any process may drain what a dead one left: the file's lock says that nobody else does. What was
brought in already is known by its key, so being interrupted costs a repetition and nothing else.
What the database refuses is set apart for a person; it must not hold up what comes after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import structlog
from prometheus_client import Counter, Gauge

from bot.intake import Intake
from bot.mail.desk import MailDesk
from bot.spool.files import SpoolFile, Taken, orphans_in, spooled_in, take
from bot.spool.frames import Frame
from bot.spool.records import Mail, Message, Receipts, Record, unseal
from bot.spool.spool import Spool
from bot.storage.crypto import SealError, Vault
from bot.storage.engine import StatementRefusedError, StorageAwayError
from bot.storage.ids import made_at

PAUSE_S = 0.5
LOOK_S = 5.0
"""Seconds between two looks for what a dead process left."""

MOST = 128
STUBBORN = 5
"""So often one record alone must fail on a database that takes writes before it is set apart."""

BYTES = Gauge("spool_bytes", "Bytes of this machine's spool, until they are in the database")
RECORDS = Gauge("spool_records", "Records this process keeps, or drains for a dead one")
OLDEST = Gauge("spool_oldest_seconds", "Age of the oldest file of this machine's spool, or 0")
DRAINED = Counter("spool_drained_total", "Records taken out of the spool", ["result"])
log = structlog.get_logger("bot.spool")


class Source(Protocol):
    """What can be drained: this process's spool, or a file that another one left."""

    def take(self, most: int) -> Taken:
        """Return the oldest frames."""

    def done(self, taken: Taken) -> bool:
        """Note that they are in the database; return whether that was all."""

    def set_apart(self, content: bytes) -> None:
        """Keep what the database refuses."""


class _Left:
    """A file that a dead process left."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file
        self._drained = 0

    def take(self, most: int) -> Taken:
        return take(self._file, self._drained, most)

    def done(self, taken: Taken) -> bool:
        self._drained = max(self._drained, taken.end)
        if self._drained < self._file.size:
            return False
        self._file.remove()
        return True

    def set_apart(self, content: bytes) -> None:
        self._file.set_apart(content)

    def close(self) -> None:
        self._file.close()


class Drain:
    """Drains. One per process.

    Args:
        folder: `SPOOL_DIR`.
        vault: opens what was sealed.
        intake, desk: who takes messages and mails in; `desk` is None without mail.
        beat: returns when the database takes a write, else raises.
        spool: this process's own, or None when it has none.
    """

    def __init__(
        self,
        *,
        folder: Path,
        vault: Vault,
        intake: Intake,
        desk: MailDesk | None,
        beat: Callable[[], Awaitable[Any]],
        spool: Spool | None = None,
    ) -> None:
        self._folder = folder
        self._vault = vault
        self._intake = intake
        self._desk = desk
        self._beat = beat
        self._spool = spool
        self._look_at = 0.0
        self._fails = 0
        self._left_count = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Drain whenever there is something and the database is back, until `stop` is set."""
        while not stop.is_set():
            try:
                await self.drain()
            except (StorageAwayError, OSError) as error:
                log.warning("spool_waits", error_code=type(error).__name__)
            with contextlib.suppress(OSError, ValueError):  # removed meanwhile, or of another name
                self.show()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE_S)

    def show(self) -> None:
        """Show how much waits, and since when. Raises `OSError`."""
        paths = spooled_in(self._folder)
        sizes = [path.stat().st_size for path in paths]
        BYTES.set(sum(sizes))
        RECORDS.set(self._left_count + (self._spool.records if self._spool is not None else 0))
        OLDEST.set(max(0.0, time.time() - made_at(paths[0].stem) / 1000) if paths else 0.0)

    async def drain(self, *, left_too: bool = False) -> None:
        """Drain everything there is now.

        Args:
            left_too: look for what dead processes left, however lately that was done.

        Raises:
            StorageAwayError: the database is still away; nothing is lost.
        """
        if self._spool is not None and self._spool.holds:
            await self._drain(self._spool)
        now = asyncio.get_running_loop().time()
        if left_too or now >= self._look_at:
            self._look_at = now + LOOK_S
            for path in await asyncio.to_thread(spooled_in, self._folder):
                await self._drain_left(path)
            await asyncio.to_thread(self._forget_stops)

    async def _drain_left(self, path: Path) -> None:
        """Drain what a process left, unless one holds it."""
        file = await asyncio.to_thread(SpoolFile.adopt, path)
        if file is None:
            return
        log.warning("spool_adopted", count=file.count)
        self._left_count = file.count
        left = _Left(file)
        try:
            await self._drain(left)
            self._left_count = 0
        finally:
            left.close()

    def _forget_stops(self) -> None:
        """Remove stops whose file was drained and removed just before its process died."""
        for path in orphans_in(self._folder):
            path.unlink(missing_ok=True)

    async def _drain(self, source: Source) -> None:
        """Bring in batch after batch; after a failure each record alone, to find which it is."""
        while True:
            taken = await asyncio.to_thread(source.take, 1 if self._fails else MOST)
            if taken.frames:
                await self._bring(source, taken.frames)
            if source.done(taken) or not taken.frames:
                return

    async def _bring(self, source: Source, frames: Sequence[Frame]) -> None:
        """Bring frames in, in their order."""
        run: list[tuple[Frame, Message]] = []
        for frame in frames:
            if frame.skipped:
                log.warning("spool_torn", count=frame.skipped)
            try:
                record = unseal(self._vault, frame.content)
            except SealError:
                await self._set_apart(source, frame, "unreadable")
                continue
            if isinstance(record, Message):
                run.append((frame, record))
                continue
            await self._bring_messages(source, run)
            run = []
            await self._bring_one(source, frame, record)
        await self._bring_messages(source, run)

    async def _bring_messages(self, source: Source, run: Sequence[tuple[Frame, Message]]) -> None:
        """Bring messages in together: they share transactions, and their order is kept."""
        if len(run) == 1:
            await self._bring_one(source, *run[0])
            return
        works = [self._intake.take_in(record.city, record.message) for _, record in run]
        results = await asyncio.gather(*works, return_exceptions=True)
        away = [result for result in results if isinstance(result, StorageAwayError)]
        if away:
            self._fails = 1
            raise away[0]
        for (frame, _), result in zip(run, results, strict=True):
            if isinstance(result, BaseException):
                await self._set_apart(source, frame, type(result).__name__)
            else:
                DRAINED.labels("new" if result.new else "repeat").inc()

    async def _bring_one(self, source: Source, frame: Frame, record: Record) -> None:
        """Bring one record in; one that alone fails again and again is set apart."""
        try:
            word = await self._store(record)
        except StorageAwayError:
            self._fails += 1
            if self._fails <= STUBBORN:
                raise
            await self._set_apart(source, frame, "stubborn")
        except Exception as error:
            await self._set_apart(source, frame, type(error).__name__)
        else:
            DRAINED.labels(word).inc()
        self._fails = 0

    async def _store(self, record: Record) -> str:
        """Store one record and return the word it is counted under."""
        match record:
            case Message(city, message):
                return "new" if (await self._intake.take_in(city, message)).new else "repeat"
            case Receipts(receipts):
                await self._intake.take_in_receipts(receipts)
                return "receipts"
            case Mail(mail, blob):
                if self._desk is None:
                    raise StatementRefusedError("no_mail_here")
                await self._desk.take_in(mail, blob)
                return "mail"

    async def _set_apart(self, source: Source, frame: Frame, why: str) -> None:
        """Keep a record for a person: the database takes writes, and does not take this one.

        Raises:
            StorageAwayError: it takes none (read-only, no tables): then nothing is the record's
                fault.
        """
        try:
            await self._beat()
        except StatementRefusedError:
            raise StorageAwayError("takes_no_writes") from None
        source.set_apart(frame.content)
        DRAINED.labels("apart").inc()
        log.error("spool_record_apart", error_code=why)
