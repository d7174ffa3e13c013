"""The road of one message through the shell: accepted, thought about, answered, filed, told."""

from __future__ import annotations

from typing import Any


async def test_one_message_gets_one_reply(house: Any) -> None:
    """A message is stored, takes its turn, and its answer leaves through the adapter once."""
    accepted = await house.hear("hello")
    assert accepted.new
    await house.work()
    assert house.messenger.texts() == ["hello"]
    assert house.messenger.sent[0].recipient == "tel:+17185550100"
    assert house.messenger.sent[0].intent in [
        row[0] for row in await house.rows("SELECT id FROM deliveries")
    ]
    states = await house.rows("SELECT state FROM outbox")
    assert states == [("done",)]


async def test_two_texts_in_the_same_second_get_one_reply(house: Any) -> None:
    """A turn drains everything that waits and answers it together."""
    await house.hear("one")
    await house.hear("two")
    await house.work()
    assert house.messenger.texts() == ["one / two"]


async def test_submission_brings_the_tracking_number(house: Any) -> None:
    """A submit files once, and the number comes as a turn that replaces the held reply."""
    await house.hear("submit 123 Broadway")
    await house.work()
    assert len(house.requests.filed) == 1
    assert house.requests.filed[0].reference.startswith("CH-")
    assert house.messenger.texts() == ["filed NYC311-0001"]
    states = await house.rows("SELECT name, state FROM outbox ORDER BY id")
    assert ("echo", "replaced") in states


async def test_a_look_is_answered_within_the_turn(house: Any) -> None:
    """A geocode look comes back as Learned before the turn ends."""
    await house.hear("look geocode")
    await house.work()
    assert "123 Broadway" in house.messenger.texts()[0]


async def test_a_timer_comes_due(house: Any, clock: Any) -> None:
    """A reminder becomes an event after its time, once."""
    await house.hear("remind 1800")
    await house.work()
    sweeper = house.shell.sweeper()
    await sweeper.sweep()
    await house.work()
    assert house.messenger.texts() == ["ok"]
    clock.advance(1801)
    await sweeper.sweep()
    await sweeper.sweep()
    await house.work()
    assert house.messenger.texts() == ["ok", "elapsed nudge"]
