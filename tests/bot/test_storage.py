"""Keeping: sealed fields, keys that change, migrations, quotas, transactions that do not race."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from bot.storage import inbox, residents
from bot.storage.crypto import SealError, Vault
from bot.storage.engine import Storage, open_storage
from bot.storage.ids import new_id, new_reference
from bot.storage.migrations import check, is_behind, migrate
from bot.storage.quotas import SqlQuota
from conversations.vocabulary.handles import tel
from integrations.kit.calls import Policy

OLD, NEW = (1, b"o" * 32), (2, b"n" * 32)


def test_a_sealed_value_opens_only_in_its_own_place() -> None:
    """Another row, another column, or a changed byte does not open."""
    vault = Vault([NEW], [b"i" * 32])
    box = vault.seal("inbox.event", "row1", {"text": "hello"})
    assert vault.open("inbox.event", "row1", box) == {"text": "hello"}
    assert b"hello" not in box
    for where, row, changed in [
        ("inbox.event", "row2", box),
        ("outbox.job", "row1", box),
        ("inbox.event", "row1", box[:-1] + bytes((box[-1] ^ 1,))),
        ("inbox.event", "row1", b""),
    ]:
        with pytest.raises(SealError):
            vault.open(where, row, changed)


def test_keys_can_be_changed() -> None:
    """What an earlier key sealed still opens, is known as stale, and new values use the new key."""
    box = Vault([OLD], [b"i" * 32]).seal("t.c", "r", "x")
    vault = Vault([NEW, OLD], [b"i" * 32])
    assert vault.open("t.c", "r", box) == "x"
    assert vault.is_stale(box)
    assert not vault.is_stale(vault.seal("t.c", "r", "x"))
    with pytest.raises(SealError):
        Vault([NEW], [b"i" * 32]).open("t.c", "r", box)


async def test_a_resident_is_found_after_the_index_key_changed(storage: Storage) -> None:
    """A handle and a message stored under an earlier index key are found, not doubled."""
    before, after = Vault([OLD], [b"a" * 32]), Vault([OLD], [b"b" * 32, b"a" * 32])
    handle = tel("+17185550100")
    first = await storage.write(lambda c: residents.find_or_open(c, before, {handle}, 1))
    second = await storage.write(lambda c: residents.find_or_open(c, after, {handle}, 2))
    assert first[handle].id == second[handle].id
    only_new = Vault([OLD], [b"b" * 32])
    third = await storage.read(lambda c: residents.find(c, only_new, handle))
    assert third is not None
    assert third.id == first[handle].id


async def test_an_event_is_known_after_the_index_key_changed(house: Any) -> None:
    """A message delivered again after a change of the index key is still a repeat."""
    await house.hear("hello", sid="SM1")
    after = Vault([(1, bytes(range(32)))], [b"b" * 32, b"i" * 32])
    conversation = (await house.rows("SELECT id FROM conversations"))[0][0]
    event = inbox.NewEvent(conversation, "heard", "twilio:SM1", {"text": "hello"}, "t")
    assert await house.shell.storage.write(lambda c: inbox.add(c, after, [event], 1)) == [False]


async def test_tables_and_migrations_agree(storage: Storage) -> None:
    """The migrations make exactly the tables of the code, and running them again is harmless."""
    await migrate(storage)
    await storage.write(check)


async def test_a_schema_that_is_behind_is_noticed(database_url: str) -> None:
    """An empty database is behind, a migrated one is not, nor is one of a later release."""
    storage = open_storage(database_url)
    try:
        assert await storage.read(is_behind)
        await migrate(storage)
        assert not await storage.read(is_behind)
        later = sql("UPDATE alembic_version SET version_num = 'of a later release'")
        await storage.write(lambda c: c.execute(later))
        assert not await storage.read(is_behind)
    finally:
        await storage.close()


async def test_many_processes_may_migrate_at_once(database_url: str) -> None:
    """Processes that start together do not trip over each other's migration."""
    opened = [open_storage(database_url) for _ in range(4)]
    await asyncio.gather(*(migrate(storage) for storage in opened))
    await opened[0].write(check)
    for storage in opened:
        await storage.close()


async def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Whoever finds another setting up the file waits for it, instead of failing."""
    table = sql("CREATE TABLE IF NOT EXISTS t (n INTEGER)")
    for attempt in range(20):
        url = f"sqlite:///{tmp_path}/{attempt}.db"
        opened = [open_storage(url) for _ in range(6)]
        await asyncio.gather(*(storage.write(lambda c: c.execute(table)) for storage in opened))
        for storage in opened:
            await storage.close()


async def test_read_then_write_loses_no_update(database_url: str) -> None:
    """Concurrent read-then-write transactions of two openers lose nothing."""
    opened = [open_storage(database_url) for _ in range(2)]
    await migrate(opened[0])
    new = "INSERT INTO quotas (provider, day, quota_daily, quota_used) VALUES ('p', 'd', 9, 0)"
    await opened[0].write(lambda c: c.execute(sql(new)))

    def add_one(connection: Any) -> None:
        lock = " FOR UPDATE" if connection.dialect.name == "postgresql" else ""
        used = connection.execute(sql(f"SELECT quota_used FROM quotas{lock}")).scalar_one()
        connection.execute(sql("UPDATE quotas SET quota_used = :n"), {"n": used + 1})

    await asyncio.gather(*(opened[i % 2].write(add_one) for i in range(100)))
    found = await opened[0].read(lambda c: c.execute(sql("SELECT quota_used FROM quotas")).scalar())
    assert found == 100
    for storage in opened:
        await storage.close()


async def test_quotas_are_exact_and_keep_the_residents_share(storage: Storage, clock: Any) -> None:
    """Of many calls at once exactly the day's number pass; the poller stops at its floor."""
    policy = Policy(quota_daily=20, quota_floor={"resident": 0.0, "poller": 0.5})
    quota = SqlQuota(storage, {"nyc311": policy}, clock.now)
    polls = await asyncio.gather(*(quota.take("nyc311", "poller") for _ in range(20)))
    assert polls.count(True) == 10
    files = await asyncio.gather(*(quota.take("nyc311", "resident") for _ in range(20)))
    assert files.count(True) == 10
    assert await quota.remaining("nyc311") == 0
    clock.advance(24 * 3600)
    assert await quota.take("nyc311", "poller")
    assert await quota.take("unlimited", "resident")
    assert await quota.remaining("unlimited") is None


def test_ids_grow_and_references_are_short() -> None:
    """Ids sort by the order they were made in; references are readable and not counted up."""
    made = [new_id() for _ in range(5000)]
    assert made == sorted(set(made))
    references = {new_reference() for _ in range(1000)}
    assert len(references) > 990
    assert all(
        re.fullmatch(r"CH-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}", r) for r in references
    )
