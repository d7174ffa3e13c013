"""Readiness: a database that answers but takes no write is away, and nobody is told otherwise."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from bot.storage.engine import StatementRefusedError, Storage, StorageAwayError, open_storage
from bot.storage.migrations import migrate
from bot.storage.pulse import Pulse

NOT_TAKEN = (StorageAwayError, StatementRefusedError)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let this process write no further than a kilobyte into any file, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_beat_is_a_write(storage: Storage) -> None:
    """The row is written, once, and written again."""
    seconds = [0.0]
    pulse = Pulse(storage, lambda: seconds[0])
    for _ in range(3):
        await pulse.beat()
        seconds[0] += 1.5
    rows = await storage.read(lambda c: c.execute(sql("SELECT beats FROM pulse")).all())
    assert [row[0] for row in rows] == [3]


async def test_many_who_ask_within_a_second_share_a_write(storage: Storage) -> None:
    """Whoever asks within a second, at once or one after another, costs no further write."""
    seconds, writes = [0.0], []
    real = storage.write

    class Counting:
        async def write(self, unit: Any) -> Any:
            writes.append(unit)
            return await real(unit)

    pulse = Pulse(Counting(), lambda: seconds[0])  # type: ignore[arg-type]
    await asyncio.gather(*(pulse.beat() for _ in range(20)))
    seconds[0] = 0.9
    await pulse.beat()
    assert len(writes) == 1
    seconds[0] = 1.1
    await pulse.beat()
    assert len(writes) == 2


async def test_a_beat_that_hangs_is_not_followed_by_others() -> None:
    """While a lock holds one beat up, all wait for that one; giving up does not end it."""
    hold, writes = asyncio.Event(), []

    class Locked:
        async def write(self, unit: Any) -> None:
            writes.append(unit)
            await hold.wait()

    pulse = Pulse(Locked())  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pulse.beat(), 0.01)
    assert len(writes) == 1
    hold.set()
    await pulse.beat()


async def test_a_read_only_database_is_not_ready(database_url: str) -> None:
    """A database that lost its right to write (a standby, a volume mounted anew) is away."""
    storage = open_storage(database_url)
    await migrate(storage)
    await Pulse(storage).beat()
    if storage.dialect == "sqlite":
        await storage.write(lambda c: c.execute(sql("PRAGMA query_only = ON")))
    else:
        name = database_url.partition("?")[0].rpartition("/")[2]
        change = sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        await storage.write(lambda c: c.execute(change))
        await storage.close()
        storage = open_storage(database_url)
    await storage.ping()
    with pytest.raises(NOT_TAKEN):
        await Pulse(storage).beat()
    await storage.close()


async def test_a_full_disk_is_not_ready_and_recovers(tmp_path: Path) -> None:
    """With no room left the beat fails although reads go on; with room again it is taken."""
    storage = open_storage(f"sqlite+aiosqlite:///{tmp_path}/full.db")
    await migrate(storage)
    seconds = [0.0]
    pulse = Pulse(storage, lambda: seconds[0])
    await pulse.beat()
    with full_disk():
        seconds[0] += 2
        with pytest.raises(NOT_TAKEN):
            await pulse.beat()
        await storage.ping()
    seconds[0] += 2
    await pulse.beat()
    await storage.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_on_a_full_disk_nothing_is_accepted_and_lost(house: Any) -> None:
    """What cannot be kept is refused, so that it is sent again; what was accepted is there."""
    assert (await house.hear("before", sid="SM1")).new
    with full_disk():
        for sid in ("SM2", "SM3"):
            with pytest.raises(StorageAwayError):
                await house.hear("no room", sid=sid)
    assert (await house.hear("no room", sid="SM2")).new
    await house.work()
    assert await house.rows("SELECT count(*) FROM inbox") == [(2,)]
    assert house.messenger.texts() == ["before / no room"]
