"""What staff see: their city's cases, found by what may be searched, and nobody's name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.desk.masking import hide_contacts
from tests.bot.desk.conftest import BOSS, ELSEWHERE, JOSE, MARIA, STRANGER, DeskHouse


async def test_a_card_names_nobody(desk: DeskHouse) -> None:
    """Type, place, status and number are on the card; handle and name are not."""
    case = await desk.report("submit 123 Broadway, Brooklyn")
    card = await desk.shell.board.card(MARIA, case.id)

    assert card is not None
    assert (card.place, card.number) == ("123 Broadway, Brooklyn", "NYC311-0001")
    assert card.contact == "tel:***00"
    assert "7185550100" not in str(card) + repr(card.history) + card.words


async def test_other_cities_see_nothing(desk: DeskHouse) -> None:
    """No card, no list, no number of dead letters for staff of another city, or for strangers."""
    case = await desk.report("submit 123 Broadway, Brooklyn")
    board = desk.shell.board
    for who in (ELSEWHERE, STRANGER):
        assert await board.card(who, case.id) is None
        assert await board.find(who, number="NYC311-0001") == []
        assert await board.find(who, street="broadway") == []
        assert await board.waiting(who) == []
        assert await board.dead_letters(who) == 0
    assert await board.card(BOSS, case.id) is not None


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"number": "nyc311-0001"}, True),
        ({"number": "NYC311-0002"}, False),
        ({"type_key": "pothole"}, True),
        ({"type_key": "noise"}, False),
        ({"street": "Broadway"}, True),
        ({"street": "5 ave"}, True),
        ({"street": "5th Avenue broadway"}, False),
        ({"street": "broad"}, False),
        ({"street": "pothole"}, False),
        ({"day": date(2026, 3, 4)}, True),
        ({"day": date(2026, 3, 5)}, False),
        ({"type_key": "pothole", "street": "broadway", "day": date(2026, 3, 4)}, True),
        ({"type_key": "noise", "street": "broadway"}, False),
        ({}, False),
    ],
)
async def test_finding(desk: DeskHouse, given: dict[str, Any], found: bool) -> None:
    """By number, type, whole words of the street in any spelling, and day; all that is given."""
    case = await desk.report("submit Broadway and 5 Avenue, Brooklyn")
    cards = await desk.shell.board.find(MARIA, **given)

    assert [card.id for card in cards] == ([case.id] if found else [])


async def test_our_reference_finds_too(desk: DeskHouse) -> None:
    """A report without a number of the city's is found by ours."""
    case = await desk.report()
    report = await desk.request(case)

    assert [c.id for c in await desk.shell.board.find(JOSE, number=report.reference)] == [case.id]


async def test_words_of_a_place_are_kept_nowhere(desk: DeskHouse) -> None:
    """The index of places holds keyed hashes only."""
    await desk.report("submit Broadway, Brooklyn")
    rows = await desk.house.rows("SELECT token_hash FROM case_streets")

    assert len(rows) == 2
    assert all(len(row.token_hash) == 64 for row in rows)


async def test_an_answer_is_overdue_a_day_after_the_office_could_read_it(
    real: DeskHouse, clock: Any
) -> None:
    """Friday evening's wish for a person is due on Tuesday morning, not on Saturday."""
    clock.advance(2 * 24 * 3600 + 8 * 3600)  # Friday, 6 in the evening in New York
    await real.house.hear("agent")
    await real.house.work()
    board = real.shell.board
    (card,) = await board.waiting(MARIA)
    late = []
    for _ in range(4):
        clock.advance(24 * 3600)
        late.append(len(await board.overdue(MARIA)))

    assert not card.overdue
    assert late == [0, 0, 0, 1]


async def test_lists_hold_what_they_say(desk: DeskHouse) -> None:
    """What I have in hand is mine; what is resolved is on no list; what is new is news."""
    case = await desk.report()
    now = case.updated_at
    await desk.press("claim", MARIA, case)
    board = desk.shell.board
    mine = [card.id for card in await board.mine(MARIA)]
    theirs = await board.mine(JOSE)
    news = await board.changed_since(now)
    await desk.press("resolve", MARIA, await desk.again(case), reason="Done.")

    assert (mine, theirs) == ([case.id], [])
    assert [(item.case_id, item.version) for item in news] == [(case.id, 2)]
    assert await board.mine(MARIA) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("call 718-555-0100 or (718) 555 0100", "call *** or ***"),
        ("+17185550100", "***"),
        ("write to jane.doe@home.example please", "write to *** please"),
        (
            "311-2025-0423-1234 by 12 Elm St",
            "311-2025-0423-1234 by 12 Elm St",
        ),
        ("311-12345678", "311-12345678"),
    ],
)
def test_contacts_are_hidden_in_words(text: str, hidden: str) -> None:
    """Phone numbers and mail addresses are hidden; tracking numbers and addresses stay."""
    assert hide_contacts(text) == hidden
