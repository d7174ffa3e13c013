"""Presses: one wins, everything is on record, and a city's cases are nobody else's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.desk.outcome import WHY, Done, Lost, Refused
from bot.desk.policy import RULES
from bot.storage.cases import Kind, State
from bot.storage.engine import StatementRefusedError
from tests.bot.desk.conftest import BOSS, ELSEWHERE, JOSE, MARIA, STRANGER, DeskHouse

NEEDED: dict[str, dict[str, Any]] = {
    "claim": {}, "release": {}, "hand_back": {}, "reply": {"text": "On our way."},
    "ask": {"text": "Which side?"}, "note": {"text": "seen"}, "change": {"type_key": "x"},
    "merge": {"into": "x"}, "resolve": {"reason": "Done."}, "reopen": {}, "mute": {},
    "snooze": {"until": 1_800_000_000_000}, "reveal": {"reason": "call back"},
    "decide": {"choice": "again"},
}  # fmt: skip


async def test_a_report_opens_a_case(desk: DeskHouse) -> None:
    """Every report has one case, open and nobody's."""
    case = await desk.report()

    assert (case.kind, case.state, case.claimed_by) == (Kind.REQUEST, State.OPEN, None)
    assert len(await desk.cases()) == 1


async def test_two_at_once_are_one_claim(desk: DeskHouse) -> None:
    """Of 100 pairs of claims pressed at once one is done, and the other is told who was first."""
    case = await desk.report()
    for _ in range(100):
        case = await desk.again(case)
        both = await asyncio.gather(
            desk.press("claim", MARIA, case), desk.press("claim", JOSE, case)
        )
        done = [outcome for outcome in both if isinstance(outcome, Done)]
        (lost,) = [outcome for outcome in both if isinstance(outcome, Lost)]
        assert len(done) == 1
        winner = MARIA if isinstance(both[0], Done) else JOSE
        assert lost.to == ("Maria Rossi" if winner is MARIA else "Jose Diaz")
        assert not lost.own
        case = await desk.again(case)
        assert isinstance(await desk.press("release", winner, case), Done)


async def test_two_replies_at_once_are_one_text(desk: DeskHouse) -> None:
    """Of 100 pairs of replies pressed at once one text goes out each, and one line is kept."""
    case = await desk.report()
    before = len(desk.texts())
    for number in range(100):
        case = await desk.again(case)
        first = desk.press("reply", MARIA, case, text=f"Maria says {number}")
        second = desk.press("reply", JOSE, case, text=f"Jose says {number}")
        both = await asyncio.gather(first, second)
        assert sorted(type(outcome).__name__ for outcome in both) == ["Done", "Lost"]
        if number % 10 == 0:
            case = await desk.again(case)
            assert isinstance(await desk.press("release", BOSS, case), Done)
    await desk.house.work()
    texts = [text for text in desk.texts()[before:] if "City staff write" in text]

    assert len(texts) == 100
    assert len(await desk.lines(case)) == 100


async def test_the_same_button_twice_is_one_press(desk: DeskHouse) -> None:
    """A press that a channel delivers again is lost to the actor's own earlier one."""
    case = await desk.report()
    first = await desk.press("reply", MARIA, case, text="On our way.")
    again = await desk.press("reply", MARIA, case, text="On our way.")

    assert isinstance(first, Done)
    assert again == Lost("Maria Rossi", own=True, version=first.version)


@pytest.mark.parametrize("action", sorted(RULES))
async def test_nobody_else_does_anything(desk: DeskHouse, action: str) -> None:
    """For staff of another city there is no such case; strangers are no staff; both on record."""
    case = await desk.report()
    far = await desk.press(action, ELSEWHERE, case, **NEEDED[action])
    unknown = await desk.press(action, STRANGER, case, **NEEDED[action])

    assert far == Refused("unknown_case")
    assert unknown == Refused("not_staff")
    assert await desk.again(case) == case
    assert await desk.record(case) == [(action, "unknown_case"), (action, "not_staff")]


async def test_what_is_in_other_hands_stays_there(desk: DeskHouse) -> None:
    """A colleague cannot reply or resolve what Maria has; an admin can."""
    case = await desk.report()
    await desk.press("claim", MARIA, case)
    case = await desk.again(case)
    reply = await desk.press("reply", JOSE, case, text="hello")
    resolve = await desk.press("resolve", JOSE, case, reason="done")
    note = await desk.press("note", JOSE, case, text="I saw it")
    release = await desk.press("release", BOSS, case)

    assert reply == resolve == Lost("Maria Rossi", own=False, version=case.version)
    assert isinstance(note, Done)
    assert isinstance(release, Done)


async def test_who_has_left_does_nothing(desk: DeskHouse) -> None:
    """Staff let go are no staff, with cards still open."""
    case = await desk.report()
    await desk.house.change("UPDATE staff SET active = false")

    assert await desk.press("claim", MARIA, case) == Refused("not_staff")
    assert await desk.shell.board.card(MARIA, case.id) is None


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor='x'", "DELETE FROM audit"])
async def test_the_record_cannot_be_changed(desk: DeskHouse, statement: str) -> None:
    """The database refuses to change or delete a line of the audit log."""
    case = await desk.report()
    await desk.press("claim", MARIA, case)
    with pytest.raises(StatementRefusedError):
        await desk.house.change(statement)

    assert await desk.record(case) == [("claim", "done")]


async def test_every_refusal_has_a_sentence(desk: DeskHouse) -> None:
    """Codes that presses give are known to the channels, and each reads as a sentence."""
    case = await desk.report()
    given = {"text": "x" * 4000, "reason": "x" * 400, "type_key": "none", "into": "x", "until": 1}
    for action in RULES:
        outcome = await desk.press(action, MARIA, await desk.again(case), **given)
        if isinstance(outcome, Refused):
            assert outcome.sentence.endswith(".")
    assert all(sentence.endswith(".") for sentence in WHY.values())
