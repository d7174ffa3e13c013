"""Turns: wholly there or not at all, one at a time per conversation, no message without a turn."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.storage import inbox
from bot.storage.engine import StorageAwayError
from bot.storage.turns import Finished
from bot.turn import Turns


def other_worker(house: Any, **more: Any) -> Turns:
    """Return what takes turns in another process."""
    shell = house.shell
    return Turns(
        base_url="https://text.example.org",
        storage=shell.storage, vault=shell.vault, wakes=shell.wakes, clock=shell.clock,
        catalogue=shell.catalogue, looks=shell.looks, cities=shell.cities, readers=shell.readers,
        renders=shell.renders, providers_311={"nyc": "nyc311"}, owner="other", flows={}, **more,
    )  # fmt: skip


async def test_no_racing_message_is_left_without_a_turn(house: Any) -> None:
    """300 messages of 10 residents race with two workers that turn at each wake-up, once.

    There is no sweep here: a wake-up that finds the lease taken must be made good by its holder.
    """
    other = other_worker(house)

    async def one(index: int) -> None:
        accepted = await house.hear(f"m{index}", number=f"+1718555{index % 10:04}")
        taker = other if index % 2 else house.turns
        await taker.take(accepted.conversation_id)

    await asyncio.gather(*(one(index) for index in range(300)))
    assert await house.rows("SELECT state, count(*) FROM inbox GROUP BY state") == [("done", 300)]
    lines = await house.rows("SELECT count(*) FROM transcript WHERE speaker='resident'")
    assert lines == [(300,)]


async def test_messages_of_one_resident_stay_in_order(house: Any) -> None:
    """Replies leave in the order of the turns, also when two workers deliver."""
    for index in range(5):
        accepted = await house.hear(f"m{index}")
        await house.turns.take(accepted.conversation_id)
    rows = [row[0] for row in await house.rows("SELECT id FROM outbox ORDER BY id")]
    await asyncio.gather(*(house.shell.outbox.deliver(row) for row in reversed(rows)))
    await house.work()
    assert house.messenger.texts() == [f"m{index}" for index in range(5)]


async def test_a_zombie_turn_leaves_nothing(house: Any) -> None:
    """A worker whose lease lapsed while it thought cannot commit; the other's turn stands."""
    accepted = await house.hear("look geocode")
    zombie = other_worker(house, lease_s=0.05)
    house.geocoder.pause_s = 0.4
    thinking = asyncio.create_task(zombie.take(accepted.conversation_id))
    await asyncio.sleep(0.2)
    house.geocoder.pause_s = 0.0
    await house.turns.take(accepted.conversation_id)
    await thinking
    await house.work()
    assert len(house.messenger.texts()) == 1
    assert await house.rows("SELECT version FROM conversations") == [(1,)]


async def test_a_defect_is_owned_up_to_and_the_conversation_goes_on(house: Any) -> None:
    """An event that breaks the engine is kept apart, answered once, and does not block."""
    await house.hear("crash")
    await house.work()
    await house.hear("hello")
    await house.work()
    assert house.messenger.texts() == ["shared.trouble", "hello"]
    assert await house.rows("SELECT reason FROM inbox WHERE state='failed'") == [("RuntimeError",)]


async def test_a_poison_is_set_apart_after_three_deaths_and_alone(house: Any) -> None:
    """An event that ends its worker again and again: its neighbours are answered, it is owned up.

    A death is a turn that was begun and never came to its end.
    """
    accepted = await house.hear("first")
    await house.hear("poison")
    await house.hear("last")
    real, deaths = house.turns._think, []

    async def think(begun: Any) -> Finished:
        for waiting in begun.waiting:
            if waiting.event["text"] == "poison" and waiting.attempts < 3:
                deaths.append([one.event["text"] for one in begun.waiting])
                raise SystemError("the process dies here")
        return await real(begun)  # type: ignore[no-any-return]

    house.turns._think = think
    for _ in range(5):
        with contextlib.suppress(SystemError):
            await house.turns.take(accepted.conversation_id)
        await house.change("UPDATE conversations SET lease_until = 1")
    house.turns._think = real
    await house.work()
    assert deaths == [["first", "poison", "last"], ["first", "poison", "last"], ["poison"]]
    assert await house.rows("SELECT reason FROM inbox WHERE state='failed'") == [("attempts",)]
    texts = " / ".join(house.messenger.texts())
    assert "first" in texts and "last" in texts and "shared.trouble" in texts


async def test_a_database_away_during_a_look_loses_nothing(house: Any, monkeypatch: Any) -> None:
    """The message is no poison: it waits, and is answered when the database is back."""
    real, away = house.shell.looks._known["request"], [True]

    async def ask(*args: Any) -> Any:
        if away:
            away.clear()
            raise StorageAwayError("OperationalError")
        return await real(*args)

    monkeypatch.setitem(house.shell.looks._known, "request", ask)
    accepted = await house.hear("look NYC311-9999")
    with pytest.raises(StorageAwayError):
        await house.turns.take(accepted.conversation_id)
    assert await house.rows("SELECT state FROM inbox") == [("waiting",)]
    await house.change("UPDATE conversations SET lease_until = 1")
    await house.work()
    assert house.messenger.texts() == ["learned {'request': None}"]


async def test_a_clock_set_back_holds_nobody(house: Any) -> None:
    """A lease that ends tomorrow was given by a clock that was wrong: the message gets its turn."""
    accepted = await house.hear("hello")
    await house.change("UPDATE conversations SET lease_until = 9999999999999, lease_owner = 'x'")
    forgotten = await house.shell.storage.read(lambda c: inbox.forgotten(c, 9999999999999, 10))
    assert forgotten == [accepted.conversation_id]
    await house.work()
    assert house.messenger.texts() == ["hello"]


async def test_rows_that_do_not_open_concern_themselves_alone(house: Any) -> None:
    """An altered event is set apart and an altered memory begun anew; others do not notice."""
    await house.hear("hello")
    await house.hear("hello", number="+17185550199")
    await house.work()
    await house.hear("altered")
    await house.change(
        "UPDATE inbox SET event_box = talk_box FROM conversations"
        " WHERE inbox.state = 'waiting' AND conversations.id = inbox.conversation_id"
    )
    await house.hear("again")
    await house.hear("me too", number="+17185550199")
    await house.change("UPDATE conversations SET talk_box = residents.handle_box FROM residents")
    await house.work()
    assert house.messenger.texts()[2:] in (["again", "me too"], ["me too", "again"])
    assert await house.rows("SELECT reason FROM inbox WHERE state='failed'") == [("unreadable",)]


async def test_a_look_that_takes_too_long_is_unavailable(house: Any, monkeypatch: Any) -> None:
    """Looks share a turn's time; afterwards the flow hears Unavailable."""
    monkeypatch.setattr("bot.looks.TOGETHER_S", 0.1)
    house.geocoder.pause_s = 1.0
    await house.hear("look geocode")
    await house.work()
    assert house.messenger.texts() == ["learned None"]


async def test_numbers_of_others_and_none_are_answered_alike(house: Any) -> None:
    """Somebody else's number and a made-up one give the same, and guessing ends after ten."""
    await house.hear("submit here", number="+17185550101")
    await house.work()
    await house.hear("look NYC311-0001", number="+17185550102")
    await house.work()
    await house.hear("look NYC311-9999", number="+17185550102")
    await house.work()
    assert house.messenger.texts()[-1] == house.messenger.texts()[-2]
    assert "None" in house.messenger.texts()[-1]
    await house.hear("look NYC311-0001", number="+17185550101")
    await house.work()
    assert "Pothole" in house.messenger.texts()[-1]
    for index in range(11):
        await house.hear(f"look X{index}", number="+17185550101")
        await house.work()
    await house.hear("look NYC311-0001", number="+17185550101")
    await house.work()
    assert "Pothole" not in house.messenger.texts()[-1]


async def test_a_commit_is_all_or_nothing(house: Any, monkeypatch: Any) -> None:
    """When the last statement of a turn fails, nothing of it is there and it is taken again."""
    import bot.storage.turns as turns

    real, fails = turns._add_jobs, [True]

    def fail_once(connection: Any, vault: Any, kept: list[Finished]) -> Any:
        found = real(connection, vault, kept)
        if fails:
            fails.clear()
            raise RuntimeError("the process dies here")
        return found

    monkeypatch.setattr(turns, "_add_jobs", fail_once)
    accepted = await house.hear("submit here")
    with contextlib.suppress(RuntimeError):
        await house.turns.take(accepted.conversation_id)
    assert await house.rows("SELECT count(*) FROM service_requests") == [(0,)]
    assert await house.rows("SELECT state FROM inbox") == [("waiting",)]
    await house.change("UPDATE conversations SET lease_until = 1")
    await house.work()
    assert len(house.requests.filed) == 1


async def test_the_same_report_within_minutes_is_one_flight(house: Any, clock: Any) -> None:
    """Same resident, type and place within 15 minutes file once; later they file again."""
    for _ in range(2):
        await house.hear("submit 123 Broadway")
        await house.work()
    assert len(house.requests.filed) == 1
    assert house.messenger.texts() == ["filed NYC311-0001", "already_filed NYC311-0001"]
    clock.advance(16 * 60)
    await house.hear("submit 123 Broadway")
    await house.work()
    assert len(house.requests.filed) == 2


async def test_opting_out_in_the_conversation_confirms_once(house: Any) -> None:
    """A stop that the flow asked about is executed with the turn; its answer is the last text."""
    await house.hear("leave")
    await house.work()
    await house.hear("hello")
    await house.work()
    assert house.messenger.texts() == ["stopped"]


async def test_redis_away_does_not_stop_intake(house: Any, redis: Redis) -> None:
    """With Redis gone a message is stored and told to nobody; nothing fails."""
    house.shell.wakes._redis = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.1)
    assert (await house.hear("hello")).new
    await house.shell.intake.finish()
    await house.work()
    assert house.messenger.texts() == ["hello"]
    await house.shell.wakes._redis.aclose()
