"""The spool: kept while the database is away, brought in once and in order, stops held."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot import lanes
from bot.bootstrap import StartError, open_shell
from bot.spool.files import SpoolFile, spooled_in
from bot.spool.frames import pack
from bot.spool.watch import SPOOL_WAITS, STOP_WAITS, UNREADABLE, Watch
from bot.storage.crypto import Vault
from bot.storage.engine import StatementRefusedError, StorageAwayError
from conversations.vocabulary.messages import Receipt
from tests.bot.spooling import Spooled, end, open_spooled, start_keeper
from tests.bot.test_pulse import full_disk

JANE = "tel:+17185550100"


@pytest.fixture
async def spooled(
    storage: Any, redis: Any, vault: Any, clock: Any, tmp_path: Path, fake_engine: None
) -> AsyncIterator[Spooled]:
    """A door's process over the fakes, on both databases."""
    async with open_spooled(storage, redis, vault, clock, tmp_path) as opened:
        yield opened


def gauge(name: str) -> float:
    """Return what a gauge shows."""
    return REGISTRY.get_sample_value(name) or 0.0


async def test_what_comes_during_an_outage_is_kept_and_brought_in(spooled: Spooled) -> None:
    """Messages are answered for while the database is away, and get their turn afterwards."""
    said = await spooled.outage("one", "two")
    assert [(item.new, item.spooled) for item in said] == [(True, True)] * 2
    assert await spooled.heard() == []
    await spooled.drain.drain()
    assert await spooled.heard() == ["one", "two"]
    assert spooled_in(spooled.folder) == []
    assert list(spooled.folder.iterdir()) == []
    await spooled.house.work()
    assert spooled.house.messenger.texts() == ["one / two"]


async def test_nothing_overtakes_what_is_kept(spooled: Spooled) -> None:
    """A message that comes when the database is back waits behind those of the outage."""
    await spooled.outage("first", "second")
    assert (await spooled.house.hear("third")).spooled
    await spooled.drain.drain()
    assert not (await spooled.house.hear("fourth")).spooled
    assert await spooled.heard() == ["first", "second", "third", "fourth"]


async def test_a_repeat_of_what_is_kept_is_one_message(spooled: Spooled) -> None:
    """The provider repeats during the outage, after it, and when all is drained: one message."""
    spooled.switched.away = True
    for _ in range(3):
        await spooled.house.hear("hello", sid="SMsame")
    spooled.switched.away = False
    await spooled.house.hear("hello", sid="SMsame")
    await spooled.drain.drain()
    assert not (await spooled.house.hear("hello", sid="SMsame")).new
    assert await spooled.heard() == ["hello"]


async def test_a_drain_broken_off_goes_on_and_doubles_nothing(
    spooled: Spooled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes again in the middle: what was brought in is known, the rest follows."""
    await spooled.outage(*(f"t{i:02}" for i in range(40)))
    monkeypatch.setattr("bot.spool.drain.MOST", 16)
    real = spooled.switched.write
    writes = 0

    async def fails_twice(unit: Any) -> Any:
        nonlocal writes
        writes += 1
        if writes in (2, 3):
            raise StorageAwayError("test")
        return await real(unit)

    monkeypatch.setattr(spooled.switched, "write", fails_twice)
    monkeypatch.setattr(spooled.house.shell.intake._group, "_run", fails_twice)
    for _ in range(3):
        try:
            await spooled.drain.drain()
        except StorageAwayError:
            continue
    assert await spooled.heard() == [f"t{i:02}" for i in range(40)]
    assert not spooled.spool.holds


async def test_a_database_that_hangs_is_not_waited_for(
    spooled: Spooled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that does not end is left alone and the message kept; the next does not even try."""
    spooled.spool._patience_s = 0.05
    hold, tried = asyncio.Event(), 0

    async def hang(_unit: Any) -> Any:
        nonlocal tried
        tried += 1
        await hold.wait()
        raise StorageAwayError("test")

    monkeypatch.setattr(spooled.house.shell.intake._group, "_run", hang)
    for text in ("one", "two", "three"):
        assert (await spooled.house.hear(text)).spooled
    assert tried == 1
    hold.set()


async def test_what_the_database_refuses_is_set_apart(
    spooled: Spooled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message that cannot be stored does not hold up the others, and is not thrown away."""
    await spooled.outage("good", "bad", "better")
    intake = spooled.house.shell.intake
    real = intake.take_in

    async def refuse(city: str, message: Any) -> Any:
        if message.text == "bad":
            raise StatementRefusedError("test")
        return await real(city, message)

    monkeypatch.setattr(intake, "take_in", refuse)
    await spooled.drain.drain()
    assert await spooled.heard() == ["good", "better"]
    [apart] = spooled.folder.iterdir()
    assert apart.suffix == ".apart"
    monkeypatch.undo()
    apart.rename(apart.with_suffix(".spool"))
    await spooled.drain.drain(left_too=True)
    assert await spooled.heard() == ["good", "better", "bad"]


async def test_a_stop_that_was_set_apart_holds(
    spooled: Spooled, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database refuses it: until a person has seen to it nothing is sent there."""
    await spooled.outage("stop")
    intake = spooled.house.shell.intake

    async def refuse(city: str, message: Any) -> Any:
        raise StatementRefusedError("test")

    monkeypatch.setattr(intake, "take_in", refuse)
    await spooled.drain.drain(left_too=True)
    watch = Watch(spooled.folder, vault)
    assert watch.why_wait(JANE, lanes.LIVE_REPLIES, False) == STOP_WAITS
    monkeypatch.undo()
    [apart] = [path for path in spooled.folder.iterdir() if path.suffix == ".apart"]
    apart.rename(apart.with_suffix(".spool"))
    await spooled.drain.drain(left_too=True)
    assert watch.why_wait(JANE, lanes.LIVE_REPLIES, False) is None
    assert list(spooled.folder.iterdir()) == []


async def test_a_database_that_takes_no_writes_is_no_records_fault(
    spooled: Spooled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, and the pulse refused as well: nothing is set apart, it waits."""
    await spooled.outage("one", "two")

    async def refuse(*_anything: Any) -> Any:
        raise StatementRefusedError("test")

    monkeypatch.setattr(spooled.house.shell.intake, "take_in", refuse)
    monkeypatch.setattr(spooled.drain, "_beat", refuse)
    with pytest.raises(StorageAwayError):
        await spooled.drain.drain()
    monkeypatch.undo()
    await spooled.drain.drain()
    assert await spooled.heard() == ["one", "two"]


async def test_a_message_the_database_does_not_take_alone_is_set_apart(
    spooled: Spooled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails again and again while other writes are taken cannot block the spool for ever."""
    await spooled.outage("heavy", "light")
    intake = spooled.house.shell.intake
    real = intake.take_in

    async def fail(city: str, message: Any) -> Any:
        if message.text == "heavy":
            raise StorageAwayError("test")
        return await real(city, message)

    monkeypatch.setattr(intake, "take_in", fail)
    tries = 0
    while spooled.spool.holds:
        tries += 1
        assert tries < 10
        try:
            await spooled.drain.drain()
        except StorageAwayError:
            continue
    assert await spooled.heard() == ["light"]
    assert [path.suffix for path in spooled.folder.iterdir()] == [".apart"]


async def test_receipts_are_kept_too(spooled: Spooled) -> None:
    """A receipt of the outage moves its delivery once the database is back."""
    await spooled.house.hear("hello")
    await spooled.house.work()
    [row] = await spooled.house.rows("SELECT attempt_id FROM outbox")
    spooled.switched.away = True
    receipt = Receipt("twilio", "SM1", row[0], "delivered")
    assert not await spooled.house.shell.intake.accept_receipt(receipt)
    spooled.switched.away = False
    await spooled.drain.drain()
    assert await spooled.house.rows("SELECT receipt FROM deliveries") == [("delivered",)]


async def test_on_a_full_disk_it_is_refused_and_nothing_is_half_kept(spooled: Spooled) -> None:
    """Database away and no room on the disk: refused, so that the provider comes again."""
    await spooled.outage("kept")
    spooled.switched.away = True
    with full_disk(), pytest.raises(StorageAwayError):
        await spooled.house.hear("x" * 1500, sid="SMagain")
    assert (await spooled.house.hear("x" * 1500, sid="SMagain")).spooled
    spooled.switched.away = False
    await spooled.drain.drain()
    assert await spooled.heard() == ["kept", "x" * 1500]


async def test_a_full_spool_refuses_and_is_passed_by_when_the_database_is_back(
    storage: Any, redis: Any, vault: Any, clock: Any, tmp_path: Path, fake_engine: None
) -> None:
    """Beyond SPOOL_MAX_MB nothing is kept; what the database can take goes there at once."""
    async with open_spooled(storage, redis, vault, clock, tmp_path, most=1000) as small:
        small.switched.away = True
        await small.house.hear("first")
        with pytest.raises(StorageAwayError):
            await small.house.hear("x" * 900)
        small.switched.away = False
        assert not (await small.house.hear("y" * 900)).spooled


async def test_nothing_personal_lies_on_the_disk(spooled: Spooled) -> None:
    """Neither words nor numbers can be read in the files."""
    await spooled.outage("STOP", "my secret pothole")
    content = b"".join(path.read_bytes() for path in spooled.folder.iterdir())
    assert b"pothole" not in content
    assert b"7185550100" not in content


async def test_gauges_show_what_waits(spooled: Spooled) -> None:
    """Bytes, records and age are shown while something is kept, and none afterwards."""
    await spooled.outage("one", "two")
    spooled.drain.show()
    assert gauge("spool_records") == 2
    assert gauge("spool_bytes") > 100
    await spooled.drain.drain()
    spooled.drain.show()
    assert [gauge(f"spool_{what}") for what in ("records", "bytes", "oldest_seconds")] == [0, 0, 0]


async def test_a_stop_holds_before_it_is_in_the_database(spooled: Spooled) -> None:
    """Between the return of the database and the drain nothing is sent to who said stop."""
    await spooled.house.hear("hello")
    [row] = await spooled.house.rows("SELECT id FROM conversations")
    await spooled.house.turns.take(row[0])
    await spooled.outage("Stop.")
    await spooled.house.work()
    assert spooled.house.messenger.texts() == []
    assert await spooled.house.rows("SELECT state, error_code FROM outbox") == [
        ("queued", STOP_WAITS)
    ]
    await spooled.drain.drain()
    await spooled.house.work()
    assert spooled.house.messenger.texts() == ["[consent.stopped]"]


async def test_stop_and_start_of_an_outage_are_taken_in_their_order(
    spooled: Spooled, clock: Any
) -> None:
    """Who said STOP and then START in an outage is on again, and is answered."""
    await spooled.outage("STOP", "START", "hello")
    await spooled.drain.drain()
    clock.advance(11)
    await spooled.house.work()
    assert spooled.house.messenger.texts()[-1] == "hello"
    assert await spooled.house.rows("SELECT opted_out_at FROM residents") == [(None,)]


async def test_senders_look_at_stops_and_notices_wait(spooled: Spooled, vault: Vault) -> None:
    """Texts wait for a stop of their own, notices for anything kept, the confirmation never."""
    watch = Watch(spooled.folder, vault)
    assert watch.why_wait(JANE, lanes.NOTICES, False) is None
    await spooled.outage("hello", number="+17185550111")
    assert watch.why_wait(JANE, lanes.NOTICES, False) == SPOOL_WAITS
    assert watch.why_wait(JANE, lanes.LIVE_REPLIES, False) is None
    await spooled.outage("stop")
    assert watch.why_wait(JANE, lanes.LIVE_REPLIES, False) == STOP_WAITS
    assert watch.why_wait(JANE, lanes.STOP_AND_HELP, True) is None
    assert watch.why_wait("tel:+17185550111", lanes.LIVE_REPLIES, False) is None
    newer = Vault([(1, bytes(range(32)))], [b"n" * 32, b"i" * 32])
    assert Watch(spooled.folder, newer).why_wait(JANE, 1, False) == STOP_WAITS
    assert Watch(spooled.folder / "nowhere", vault).why_wait(JANE, lanes.NOTICES, False) is None


async def test_stops_that_cannot_be_read_stop_all(vault: Vault, tmp_path: Path) -> None:
    """Nobody is texted when it cannot be told who has said stop."""
    place = tmp_path / "spool"
    place.write_text("no folder")
    assert Watch(place, vault).why_wait(JANE, lanes.LIVE_REPLIES, False) == UNREADABLE


async def test_what_a_dead_process_left_is_drained_by_another(spooled: Spooled) -> None:
    """Killed between keeping and answering: brought in by another, and the repeat changes nothing.

    While it lives nobody touches its file.
    """
    keeper = await asyncio.to_thread(start_keeper, spooled.folder, "SM-a", "SM-b")
    await spooled.drain.drain(left_too=True)
    assert await spooled.heard() == []
    await asyncio.to_thread(end, keeper)
    await spooled.drain.drain(left_too=True)
    assert await spooled.heard() == ["SM-a", "SM-b"]
    assert not (await spooled.house.hear("SM-b", sid="SM-b")).new
    assert list(spooled.folder.iterdir()) == []


async def test_two_processes_drain_a_file_once(spooled: Spooled) -> None:
    """Both find it, one gets it; nothing is doubled."""
    await asyncio.to_thread(
        lambda: end(start_keeper(spooled.folder, *(f"SM{i}" for i in range(9))))
    )
    other = spooled.house.shell.drain()
    await asyncio.gather(spooled.drain.drain(left_too=True), other.drain(left_too=True))
    assert await spooled.heard() == [f"SM{i}" for i in range(9)]


@pytest.mark.parametrize("cut", [1, 5, 11, 12, 13, 40])
async def test_a_torn_tail_loses_only_what_was_never_answered(spooled: Spooled, cut: int) -> None:
    """A file that ends in the middle of a frame gives everything before it."""
    await asyncio.to_thread(lambda: end(start_keeper(spooled.folder, "SM-a", "SM-b")))
    [path] = spooled_in(spooled.folder)
    whole = path.read_bytes()
    path.write_bytes(whole + pack(b"never answered")[:cut] if cut < 20 else whole[:-cut])
    await spooled.drain.drain(left_too=True)
    assert await spooled.heard() == (["SM-a", "SM-b"] if cut < 20 else ["SM-a"])
    assert spooled_in(spooled.folder) == []


async def test_a_damaged_frame_does_not_hide_those_behind_it(spooled: Spooled) -> None:
    """A frame whose checksum is wrong is skipped; the next one is found."""
    await asyncio.to_thread(lambda: end(start_keeper(spooled.folder, "SM-a", "SM-b", "SM-c")))
    [path] = spooled_in(spooled.folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    await spooled.drain.drain(left_too=True)
    assert await spooled.heard() == ["SM-a", "SM-c"]


def test_a_write_that_failed_is_taken_back(tmp_path: Path) -> None:
    """After a disk that was full in the middle of a frame the next one is found whole."""
    file = SpoolFile.create(tmp_path)
    file.append([b"first"], [])
    with full_disk(), pytest.raises(OSError):
        file.append([b"x" * 4000], [])
    file.append([b"second"], [])
    assert [frame.content for frame in file.read(0)] == [b"first", b"second"]
    assert file.path.stat().st_size == file.size
    file.close()


async def test_a_spool_that_cannot_be_written_refuses_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One clear line, before the database is even asked."""
    from tests.house.test_settings import GOOD

    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SPOOL_DIR", str(tmp_path / "file" / "spool"))
    with pytest.raises(StartError, match="SPOOL_DIR: cannot write to"):
        async with open_shell(doors=True):
            pass
