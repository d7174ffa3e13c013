"""Texts a day: the last one says so, promises go a little further, danger always."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.chores import forget_budgets
from bot.origin import is_foreign
from bot.storage import outbox
from bot.storage.budgets import Budget, spend
from bot.storage.engine import Storage
from bot.storage.outbox import CAPPED, Allowance, NewJob
from conversations.vocabulary.city import City
from conversations.vocabulary.handles import Handle, tel
from integrations.cities import load_city


def job(number: str = "+17185550101", lane: int = 1, known: bool = False, **more: Any) -> NewJob:
    """Return a text to be counted."""
    allowance = Allowance("2026-03-04", "enough", known)
    message = {"channel": "sms", "recipient": f"tel:{number}", "text": "hello"}
    return NewJob(
        "c", "r", "send", "x", "twilio", lane, "d", message, 0, 0, "t",
        **{"allowance": allowance, **more},
    )  # fmt: skip


async def texts(storage: Storage, vault: Any, budget: Budget, jobs: list[NewJob]) -> list[str]:
    """Return what would be sent of jobs that come one after another."""
    said = []
    for one in jobs:
        (done,) = await storage.write(lambda c, one=one: spend(c, vault, budget, [one]))
        said.append("-" if done.silent == CAPPED else done.job["text"])
    return said


async def test_the_last_text_says_so(storage: Storage, vault: Any) -> None:
    """Of six live replies within a budget of four the fourth says that it is the last."""
    said = await texts(storage, vault, Budget(4, 100), [job() for _ in range(6)])
    assert said == ["hello"] * 3 + ["enough", "-", "-"]
    other = await texts(storage, vault, Budget(4, 100), [job("+17185550102")])
    assert other == ["hello"]


async def test_promises_go_further(storage: Storage, vault: Any) -> None:
    """A tracking number still goes when live replies are capped, and ends at half as many again."""
    await texts(storage, vault, Budget(4, 100), [job() for _ in range(4)])
    said = await texts(storage, vault, Budget(4, 100), [job(lane=2) for _ in range(3)])
    assert said == ["hello", "hello", "-"]


async def test_the_last_words_are_said_once_however_the_budget_was_used(
    storage: Storage, vault: Any
) -> None:
    """When notices used the budget up, the next live reply is the last words, once."""
    await texts(storage, vault, Budget(4, 100), [job(lane=3) for _ in range(5)])
    assert await texts(storage, vault, Budget(4, 100), [job(), job()]) == ["enough", "-"]


async def test_what_must_be_told_is_not_counted(storage: Storage, vault: Any) -> None:
    """A text without an allowance (stop, help, danger) goes whatever was sent before."""
    await texts(storage, vault, Budget(2, 100), [job() for _ in range(3)])
    assert await texts(storage, vault, Budget(2, 100), [job(allowance=None)]) == ["hello"]


async def test_neighbours_share_a_budget_unless_they_filed(storage: Storage, vault: Any) -> None:
    """A block of numbers gets no further with a new one; who filed before is not held back."""
    block = [job(f"+1718555{n:04}") for n in range(6)]
    assert await texts(storage, vault, Budget(40, 4), block) == ["hello"] * 4 + ["-"] * 2
    assert await texts(storage, vault, Budget(40, 4), [job("+17185559999", known=True)]) == [
        "hello"
    ]
    assert await texts(storage, vault, Budget(40, 4), [job("+17185560000")]) == ["hello"]


async def test_a_capped_number_does_not_use_up_its_neighbours(storage: Storage, vault: Any) -> None:
    """A hundred texts of one machine leave the rest of the prefix to others."""
    await texts(storage, vault, Budget(3, 5), [job() for _ in range(30)])
    assert await texts(storage, vault, Budget(3, 5), [job("+17185550102")]) == ["hello"]


async def test_another_day_begins_anew(storage: Storage, vault: Any) -> None:
    """The count is of one day."""
    await texts(storage, vault, Budget(2, 100), [job() for _ in range(3)])
    morning = Allowance("2026-03-05", "enough", False)
    assert await texts(storage, vault, Budget(2, 100), [job(allowance=morning)]) == ["hello"]


async def test_many_at_once_are_counted_exactly(storage: Storage, vault: Any) -> None:
    """Of transactions that run together, over the same numbers in any order, none is forgotten."""
    numbers = [f"+1718555{n:04}" for n in range(8)]

    async def one(shift: int) -> list[NewJob]:
        jobs = [job(number) for number in numbers[shift:] + numbers[:shift]]
        return await storage.write(lambda c: spend(c, vault, Budget(6, 1000), jobs))

    done = await asyncio.gather(*(one(shift) for shift in range(8)))
    sent = [item.job["text"] for batch in done for item in batch if item.silent is None]
    assert (sent.count("hello"), sent.count("enough")) == (8 * 5, 8)


async def test_a_turns_reply_is_capped_and_the_transcript_tells_what_was_sent(
    house: Any, clock: Any
) -> None:
    """Over a whole shell: replies, the last words, silence; every text is still taken in."""
    house.turns = replace(house.shell, budget=Budget(3, 100)).turns()
    for number in range(5):
        await house.hear(f"text {number}")
        await house.work()
    assert house.messenger.texts() == ["text 0", "text 1", "[shared.enough]"]
    assert await house.rows("SELECT state, reason FROM inbox GROUP BY 1, 2") == [("done", None)]
    states = await house.rows("SELECT state, error_code FROM outbox ORDER BY id")
    assert states[3:] == [("suppressed", "capped")] * 2
    assert await house.rows("SELECT count(*) FROM transcript") == [(5 + 3,)]
    await house.hear("leave")  # the confirmation of a stop
    await house.work()
    assert house.messenger.texts()[-1] == "stopped"
    clock.advance(3 * 86400)
    await forget_budgets.run(house.shell)
    assert await house.rows("SELECT count(*) FROM text_budgets") == [(0,)]


async def test_foreign_numbers_are_kept_and_not_answered(house: Any) -> None:
    """A text from far away is stored in silence, a START from there too; danger is answered."""
    await house.hear("pothole", number="+8613800138000")
    await house.hear("please stop texting me", number="+8613800138000")
    await house.hear("help there is a fire", number="+442079460000")
    await house.work()
    assert house.messenger.texts() == ["help there is a fire"]
    reasons = await house.rows("SELECT reason FROM inbox ORDER BY id")
    assert reasons == [("foreign",), ("consent",), (None,)]


@pytest.mark.parametrize(
    ("handle", "foreign"),
    [
        (tel("+17185550101"), False),
        (tel("+14165550100"), True),  # this city names no neighbour
        (tel("+442079460000"), True),
        (tel("+99912345678"), True),
        (tel("+12345"), False),
        (tel("72345"), False),
        (Handle("mailto:a@example.org"), False),
    ],
)
def test_where_numbers_come_from(house_city: City, handle: Handle, foreign: bool) -> None:
    """Numbers of the city's countries, and numbers no plan knows under their code, are at home."""
    assert is_foreign(handle, house_city) is foreign


@pytest.fixture
def house_city() -> City:
    """A city that answers numbers of its own country only."""
    return replace(load_city("nyc"), countries=())


def test_capped_is_a_reason_of_the_outbox() -> None:
    """The outbox's word for it is the list of silences' word."""
    from conversations.engine.silence import Silence

    assert outbox.CAPPED == Silence.CAPPED
