"""A handed-over conversation from both sides, with the real engine and phrases."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.desk.outcome import Done, Refused
from bot.storage.cases import Kind, State
from tests.bot.desk.conftest import JOSE, MARIA, DeskHouse


async def _say(desk: DeskHouse, text: str) -> None:
    """Let the resident text, two minutes after whatever was last."""
    desk.shell.clock.advance(120)  # type: ignore[attr-defined]
    await desk.house.hear(text)
    await desk.house.work()


async def _ask_for_a_person(desk: DeskHouse, word: str = "agent") -> Any:
    await _say(desk, word)
    (case,) = await desk.cases()
    return case


async def test_from_agent_to_settled(real: DeskHouse) -> None:
    """AGENT, claim, a reply, an answer to it, resolved, "yes": everybody reads what is theirs."""
    desk = real
    case = await _ask_for_a_person(desk)
    waiting = [card.id for card in await desk.shell.board.waiting(MARIA)]
    await desk.press("claim", MARIA, case)
    await desk.house.work()
    case = await desk.again(case)
    await desk.press("reply", MARIA, case, text="What can I do for you?")
    await desk.house.work()
    asked = desk.texts()[-1]
    count = len(desk.texts())
    await _say(desk, "when is the library open")
    silent = len(desk.texts()) == count
    card = await desk.shell.board.card(JOSE, case.id)
    case = await desk.again(case)
    await desk.press("resolve", MARIA, case, reason="The library is open from 9 to 5.")
    await desk.house.work()
    closing = desk.texts()[-1]
    await _say(desk, "yes")

    assert (case.kind, waiting) == (Kind.CONVERSATION, [case.id])
    assert asked == "Maria of the city writes: What can I do for you?"
    assert silent
    assert card is not None
    assert [line.text for line in card.history] == [
        "What can I do for you?",
        "when is the library open",
    ]
    assert "The library is open from 9 to 5." in closing
    assert desk.texts()[-1] == "Good. Thank you for telling me."
    assert (await desk.again(case)).state is State.RESOLVED


async def test_not_settled_opens_the_case_again(real: DeskHouse) -> None:
    """The resident's "no" puts the case back on the list, in nobody's hands."""
    case = await _ask_for_a_person(real)
    await real.press("resolve", MARIA, case, reason="Please call the library.")
    await real.house.work()
    await _say(real, "no")
    again = await real.again(case)

    assert (again.state, again.claimed_by) == (State.OPEN, None)
    assert [card.id for card in await real.shell.board.waiting(JOSE)] == [case.id]
    assert "look at it again" in real.texts()[-1]


async def test_handed_back_the_bot_answers(real: DeskHouse) -> None:
    """After a hand-back the resident is told, and talks to the bot again."""
    case = await _ask_for_a_person(real)
    await real.press("claim", MARIA, case)
    await real.house.work()
    outcome = await real.press("hand_back", MARIA, await real.again(case))
    await real.house.work()
    told = real.texts()[-1]
    await _say(real, "menu")

    assert isinstance(outcome, Done)
    assert told.startswith("This is CityHelper again.")
    assert real.texts()[-1].startswith("Hello, this is CityHelper")


async def test_in_spanish(real: DeskHouse) -> None:
    """Who writes Spanish is written to in a Spanish frame."""
    await _say(real, "hola, quiero hablar con una persona por favor")
    (case,) = await real.cases()
    await real.press("reply", MARIA, case, text="Buenos días, dígame.")
    await real.house.work()

    assert real.texts()[-1] == "Maria, de la ciudad, escribe: Buenos días, dígame."


async def test_a_second_wish_for_a_person_is_the_same_case(real: DeskHouse, clock: Any) -> None:
    """A day later AGENT opens the resolved case again instead of a second one."""
    case = await _ask_for_a_person(real)
    await real.press("resolve", MARIA, case, reason="Please call the library.")
    await real.house.work()
    clock.advance(30 * 3600)
    await _say(real, "agent")
    (again,) = await real.cases()

    assert again.id == case.id
    assert again.state is State.OPEN


async def test_both_sides_at_once_lose_nothing(real: DeskHouse, clock: Any) -> None:
    """Thirty times both write in the same moment: every line is in the case, every reply sent."""
    case = await _ask_for_a_person(real)
    await real.press("claim", MARIA, case)
    await real.house.work()
    for number in range(30):
        clock.advance(60)
        case = await real.again(case)
        await real.house.hear(f"and number {number}")
        outcome, *_ = await asyncio.gather(
            real.press("reply", MARIA, case, text=f"reply {number}"),
            real.house.turns.take(case.conversation_id),
        )
        assert isinstance(outcome, Done)
    await real.house.work()
    lines = await real.lines(case)

    assert [line.text for line in lines if line.direction == "in"] == [
        f"and number {number}" for number in range(30)
    ]
    assert sum("reply" in text for text in real.texts()) == 30


async def test_the_next_holder_of_a_number_is_not_written_to(real: DeskHouse, clock: Any) -> None:
    """A case of somebody who gave the number away reaches nobody, and reveals nobody."""
    case = await _ask_for_a_person(real)
    clock.advance(3600)
    now = round(clock.now().timestamp() * 1000)
    await real.house.change(f"UPDATE residents SET known_since = {now}")
    before = len(real.texts())
    reply = await real.press("reply", MARIA, case, text="hello")
    reveal = await real.press("reveal", MARIA, case, reason="call back")
    resolved = await real.press("resolve", MARIA, case, reason="Please call us.")
    await real.house.work()

    assert reply == reveal == Refused("moved")
    assert isinstance(resolved, Done)
    assert resolved.notes == ("resident_not_told",)
    assert len(real.texts()) == before
