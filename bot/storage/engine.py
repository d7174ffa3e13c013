"""Opening the database: SQLite in the embedded form, PostgreSQL in production.

A unit of work is a plain function over a connection. On SQLite it runs whole in the one writer
thread: one hop per transaction instead of one per statement (through aiosqlite the hops cost ten
times the work). On PostgreSQL it runs over asyncpg. Every writing transaction on SQLite begins with
BEGIN IMMEDIATE: without it concurrent read-then-write lost 223 of 300 updates in a trial.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection as Connection  # callers outside storage name it from here
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")
Unit = Callable[[Connection], T]

_READERS = 2
_POOL = 8
_BUSY_S = 15


class StorageAwayError(Exception):
    """The database cannot be reached or did not take the work. Holds no statement and no value."""


class Storage(Protocol):
    """A database. Units may run more than once and must not act outside it."""

    dialect: str

    async def write(self, unit: Unit[T]) -> T:
        """Run `unit` in one transaction and return its result once that is committed."""

    async def read(self, unit: Unit[T]) -> T:
        """Run `unit` in a read-only transaction."""

    async def ping(self) -> None:
        """Return when the database answers; raise `StorageAwayError` when it does not."""

    async def close(self) -> None:
        """Let go of every connection."""


def open_storage(url: str) -> Storage:
    """Open the database at `url`.

    Args:
        url: `sqlite+aiosqlite:///path`, `sqlite:///path` or `postgresql+asyncpg://...`.

    Raises:
        ValueError: another kind of database; the message does not show the URL.
    """
    if url.startswith("sqlite"):
        return SqliteStorage(url.replace("+aiosqlite", "", 1))
    if url.startswith("postgresql+asyncpg"):
        return PostgresStorage(url)
    raise ValueError("DATABASE_URL must begin with sqlite or postgresql+asyncpg")


class SqliteStorage:
    """One SQLite file in WAL mode: one writer thread, a few readers."""

    dialect = "sqlite"

    def __init__(self, url: str) -> None:
        self._writer = _sqlite_engine(url, "BEGIN IMMEDIATE", pool=1)
        self._reader = _sqlite_engine(url, "BEGIN", pool=_READERS)
        self._write_thread = ThreadPoolExecutor(1, "sqlite-writer")
        self._read_threads = ThreadPoolExecutor(_READERS, "sqlite-reader")

    async def write(self, unit: Unit[T]) -> T:
        """Run `unit` in the writer thread, one transaction."""
        return await self._run(self._write_thread, self._writer, unit)

    async def read(self, unit: Unit[T]) -> T:
        """Run `unit` in a reader thread on a snapshot."""
        return await self._run(self._read_threads, self._reader, unit)

    async def ping(self) -> None:
        """Ask for one row; see `Storage.ping`."""
        await self.read(_one_row)

    async def close(self) -> None:
        """Wait for the work in hand and close the file."""
        await asyncio.to_thread(self._write_thread.shutdown)
        await asyncio.to_thread(self._read_threads.shutdown)
        self._writer.dispose()
        self._reader.dispose()

    @staticmethod
    async def _run(threads: ThreadPoolExecutor, engine: Engine, unit: Unit[T]) -> T:
        def work() -> T:
            with engine.begin() as connection:
                return unit(connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except DBAPIError as error:
            raise _explain(error) from None


class PostgresStorage:
    """A PostgreSQL database. Callers wait in order for one of the pool's connections."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=_POOL,
            max_overflow=0,
            pool_pre_ping=False,
            hide_parameters=True,
            connect_args={"server_settings": {"jit": "off", "application_name": "cityhelper"}},
        )
        # SQLAlchemy's pool is unfair under load (p99 2.1 s against 0.5 s behind this queue).
        self._turnstile = asyncio.Semaphore(_POOL)

    async def write(self, unit: Unit[T]) -> T:
        """Run `unit` in one transaction."""
        try:
            async with self._turnstile, self._engine.begin() as connection:
                return await connection.run_sync(unit)
        except (SQLAlchemyError, OSError) as error:
            raise _explain(error) from None

    async def read(self, unit: Unit[T]) -> T:
        """Run `unit` in one transaction; nothing it changes would be kept."""
        try:
            async with self._turnstile, self._engine.connect() as connection:
                return await connection.run_sync(unit)
        except (SQLAlchemyError, OSError) as error:
            raise _explain(error) from None

    async def ping(self) -> None:
        """Ask for one row; see `Storage.ping`."""
        await self.read(_one_row)

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


class StatementRefusedError(Exception):
    """The database refused this work (a constraint, a value it cannot hold); others may pass."""


def _explain(error: Exception) -> Exception:
    """Return our own error for the driver's, whose text may hold values.

    A constraint or a bad value concerns the row; everything else means the database is away.
    """
    original = getattr(error, "orig", None)
    name = type(original or error).__name__
    refused = {
        "IntegrityError",
        "DataError",
        "InterfaceError",
        "ProgrammingError",
        "StatementError",
    }
    return (
        StatementRefusedError(name) if type(error).__name__ in refused else StorageAwayError(name)
    )


async def ping(storage: Storage) -> bool:
    """Return whether the database answers."""
    try:
        await storage.ping()
    except (StorageAwayError, StatementRefusedError):
        return False
    return True


def _one_row(connection: Connection) -> None:
    connection.execute(text("SELECT 1")).scalar_one()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Set the journal of a new file to WAL, which the file then keeps.

    While another process does the same, SQLite says "locked" at once, whatever the timeout.
    """
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            if connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",):
                return
        except sqlite3.OperationalError:
            pass
        if time.monotonic() > deadline:
            raise sqlite3.OperationalError("no write-ahead log")
        time.sleep(0.02)


def _sqlite_engine(url: str, begin: str, pool: int) -> Engine:
    """Return an engine whose transactions begin with `begin`."""
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": _BUSY_S},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        _write_ahead(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
