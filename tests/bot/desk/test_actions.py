"""What each action changes, what it refuses, and what the resident gets."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chores import reconcile
from bot.desk.actions.resolve import LONGEST
from bot.desk.outcome import Done, Refused
from bot.storage import audit
from bot.storage.cases import State
from conversations.reading.segments import count_segments
from conversations.vocabulary.places import Place, PlaceKind
from integrations.kit.errors import ServerFailed
from tests.bot.desk.conftest import JOSE, MARIA, DeskHouse

HOUR_S = 3600


async def test_a_reply_is_framed_and_kept(desk: DeskHouse) -> None:
    """The resident reads who writes and the words as written; the case is the writer's then."""
    case = await desk.report()
    outcome = await desk.press("reply", MARIA, case, text="A crew comes on Monday.")
    await desk.house.work()
    (line,) = await desk.lines(case)
    case = await desk.again(case)

    assert isinstance(outcome, Done)
    assert desk.texts()[-1] == "City staff write: A crew comes on Monday."
    assert (line.direction, line.text, line.state) == ("out", "A crew comes on Monday.", "done")
    assert (case.state, case.version) == (State.CLAIMED, outcome.version)


async def test_what_is_too_long_is_refused_with_what_fits(desk: DeskHouse) -> None:
    """Nothing is cut or split: the writer is told how many characters fit, and those do."""
    case = await desk.report()
    before = len(desk.texts())
    words = "We will look at it. " * 30
    refused = await desk.press("reply", MARIA, case, text=words)
    assert isinstance(refused, Refused)
    limit = refused.detail["limit"]
    assert refused.code == "too_long"
    assert str(limit) in refused.sentence
    assert len(desk.texts()) == before
    done = await desk.press("reply", MARIA, await desk.again(case), text=words[:limit])
    await desk.house.work()

    assert isinstance(done, Done)
    assert count_segments(desk.texts()[-1]).segments == 2


async def test_who_asked_us_to_stop_is_not_written_to(desk: DeskHouse) -> None:
    """After STOP a reply is refused, and says why."""
    case = await desk.report()
    await desk.house.hear("STOP")
    await desk.house.work()
    before = len(desk.texts())
    outcome = await desk.press("reply", MARIA, await desk.again(case), text="hello")
    resolved = await desk.press("resolve", MARIA, await desk.again(case), reason="Done.")
    await desk.house.work()

    assert outcome == Refused("opted_out")
    assert isinstance(resolved, Done)
    assert resolved.notes == ("resident_not_told",)
    assert len(desk.texts()) == before


async def test_quiet_hours_bind_all_but_answers(desk: DeskHouse, clock: Any) -> None:
    """At night who asked today is answered at once; everybody else is written to in the morning."""
    case = await desk.report()
    clock.advance(13 * HOUR_S)  # eleven in the evening
    tonight = await desk.press("reply", MARIA, case, text="Thank you, noted.")
    await desk.house.work()
    at_once = desk.texts()[-1]
    clock.advance(24 * HOUR_S)
    tomorrow = await desk.press("reply", MARIA, await desk.again(case), text="Is it still there?")
    await desk.house.work()
    at_night = desk.texts()[-1]
    clock.advance(10 * HOUR_S)
    await desk.house.work()

    assert isinstance(tonight, Done)
    assert tonight.notes == ()
    assert at_once == at_night == "City staff write: Thank you, noted."
    assert isinstance(tomorrow, Done)
    assert tomorrow.notes == ("told_later",)
    assert desk.texts()[-1] == "City staff write: Is it still there?"


async def test_a_note_is_for_colleagues(desk: DeskHouse) -> None:
    """A note reaches no resident, and makes nobody's card outdated."""
    case = await desk.report()
    before = len(desk.texts())
    await desk.press("note", MARIA, case, text="Call 718-555-0100 back.")
    await desk.house.work()
    card = await desk.shell.board.card(JOSE, case.id)

    assert len(desk.texts()) == before
    assert (await desk.again(case)).version == case.version
    assert card is not None
    assert [line.text for line in card.history if line.note] == ["Call *** back."]


async def test_a_reason_is_needed_to_resolve(desk: DeskHouse) -> None:
    """Without a reason, or with one too long to be texted, nothing is resolved."""
    case = await desk.report()

    assert await desk.press("resolve", MARIA, case, reason="  ") == Refused("needs_reason")
    long = await desk.press("resolve", MARIA, case, reason="x" * (LONGEST + 1))
    assert long == Refused("too_long", {"limit": LONGEST})
    assert (await desk.again(case)).state is State.OPEN


async def test_resolving_tells_and_reopening_undoes(desk: DeskHouse) -> None:
    """The resident hears the reason, the story has it, and the case can be opened again."""
    case = await desk.report()
    await desk.press("resolve", MARIA, case, reason="The crew filled the hole.")
    await desk.house.work()
    case = await desk.again(case)
    closed = await desk.press("reply", MARIA, case, text="hello")
    await desk.press("reopen", JOSE, case)
    again = await desk.again(case)

    assert desk.texts()[-1].startswith("case_resolved")
    assert case.state is State.RESOLVED
    assert closed == Refused("resolved")
    assert (again.state, again.claimed_by is not None) == (State.CLAIMED, True)
    story = [kind for kind in await desk.story(case) if kind != "told"]
    assert story[-2:] == ["resolved", "reopened"]


async def test_reveal_gives_the_contact_once_and_on_record(desk: DeskHouse) -> None:
    """Without a reason nothing is shown; with one the handle is, and the log says why."""
    case = await desk.report()
    refused = await desk.press("reveal", MARIA, case)
    shown = await desk.press("reveal", MARIA, case, reason="The crew needs to call.")
    vault = desk.shell.vault
    lines = await desk.shell.storage.read(lambda c: audit.of_case(c, vault, case.id))

    assert refused == Refused("needs_reason")
    assert isinstance(shown, Done)
    assert shown.value.handle == "tel:+17185550100"
    assert "7185550100" not in repr(shown)
    assert [(line.outcome, line.reason) for line in lines] == [
        ("needs_reason", None),
        ("done", "The crew needs to call."),
    ]
    assert all("7185550100" not in str(line.detail) for line in lines)


async def test_every_view_of_a_contact_has_a_line(desk: DeskHouse) -> None:
    """Twenty reveals are twenty lines: who looks twice is seen twice."""
    case = await desk.report()
    for number in range(20):
        await desk.press("reveal", JOSE, case, reason=f"call {number}")

    assert await desk.record(case) == [("reveal", "done")] * 20


async def test_a_changed_place_is_found_and_the_old_one_is_not(desk: DeskHouse) -> None:
    """The report is put right, staff are told that the city is not, and finding follows."""
    case = await desk.report("submit 123 Broadway, Brooklyn")
    place = Place("55 Water Street, Manhattan", PlaceKind.ADDRESS, 40.7, -74.0)
    outcome = await desk.press("change", MARIA, case, place=place.to_json())
    board = desk.shell.board

    assert isinstance(outcome, Done)
    assert outcome.notes == ("city_not_told",)
    assert (await desk.request(case)).report["place"]["label"] == "55 Water Street, Manhattan"
    assert [card.place for card in await board.find(JOSE, street="water st")] == [place.label]
    assert await board.find(JOSE, street="broadway") == []
    assert (await desk.story(case))[-1] == "amended"


async def test_nothing_to_change_is_refused(desk: DeskHouse) -> None:
    """A type that the city lacks, a place that is none, and no change at all are refused."""
    case = await desk.report()

    assert await desk.press("change", MARIA, case, type_key="nope") == Refused("unknown_type")
    assert await desk.press("change", MARIA, case, place={"x": 1}) == Refused("unknown_place")
    assert await desk.press("change", MARIA, case) == Refused("nothing_to_change")


async def test_a_duplicates_resident_follows_the_other(desk: DeskHouse) -> None:
    """Merging tells the second resident, who from then on hears of the first report."""
    first = await desk.report("submit here")
    second = await desk.report("submit there", number="+17185550199")
    outcome = await desk.press("merge", MARIA, second, into=first.id)
    await desk.house.work()
    card = await desk.shell.board.card(JOSE, first.id)
    merged = await desk.again(second)
    same = await desk.press("merge", MARIA, first, into=first.id)
    circle = await desk.press("merge", MARIA, first, into=second.id)

    assert isinstance(outcome, Done)
    assert (merged.state, merged.merged_into) == (State.RESOLVED, first.id)
    assert desk.house.messenger.sent[-1].recipient == "tel:+17185550199"
    assert desk.texts()[-1].startswith("case_merged")
    assert card is not None
    assert card.duplicates == 1
    assert (same, circle) == (Refused("same_case"), Refused("other_merged"))


async def test_snoozed_cases_come_back_by_themselves(desk: DeskHouse, clock: Any) -> None:
    """A snoozed case is its holder's again when the time is over; the past cannot be chosen."""
    case = await desk.report()
    now = round(clock.now().timestamp() * 1000)
    past = await desk.press("snooze", MARIA, case, until=now - 1)
    await desk.press("snooze", MARIA, case, until=now + 3_600_000)
    asleep = await desk.shell.board.card(MARIA, case.id)
    clock.advance(2 * HOUR_S)
    awake = await desk.shell.board.card(MARIA, case.id)

    assert past == Refused("bad_time")
    assert asleep is not None
    assert awake is not None
    assert (asleep.state, awake.state) == ("snoozed", "open")


async def test_muting_is_a_switch(desk: DeskHouse) -> None:
    """Muted and heard again; twice the same changes nothing."""
    case = await desk.report()
    await desk.press("mute", MARIA, case)
    case = await desk.again(case)
    twice = await desk.press("mute", MARIA, case)
    await desk.press("mute", MARIA, case, on=False)

    assert case.muted
    assert twice == Refused("nothing_to_change")
    assert not (await desk.again(case)).muted


async def _doubt(desk: DeskHouse) -> Any:
    desk.house.requests.after = [ServerFailed("nyc311", "submit", status=500)]
    return await desk.report()


async def test_a_doubt_is_settled_by_a_number(desk: DeskHouse) -> None:
    """What a person found at the city is followed from then on, and its resident is told."""
    case = await _doubt(desk)
    listed = [card.id for card in await desk.shell.board.in_doubt(MARIA)]
    outcome = await desk.press("decide", MARIA, case, choice="filed", number="nyc311-77")
    await desk.house.work()
    await reconcile.run(desk.shell)
    await desk.house.work()

    assert listed == [case.id]
    assert isinstance(outcome, Done)
    assert (await desk.request(case)).number == "NYC311-77"
    assert desk.texts()[-1] == "filed NYC311-77"
    assert len(desk.house.requests.filed) == 1
    assert await desk.shell.board.in_doubt(MARIA) == []


async def test_a_doubt_is_settled_by_sending_again_once(desk: DeskHouse) -> None:
    """It is filed once more in the same hands, however often it is pressed."""
    case = await _doubt(desk)
    await desk.press("claim", MARIA, case)
    case = await desk.again(case)
    outcome = await desk.press("decide", MARIA, case, choice="again")
    twice = await desk.press("decide", MARIA, case, choice="again")
    await desk.house.work()
    first, second = await desk.cases()

    assert isinstance(outcome, Done)
    assert not isinstance(twice, Done)
    assert len(desk.house.requests.filed) == 2
    assert (first.state, first.merged_into) == (State.RESOLVED, second.id)
    assert second.claimed_by == case.claimed_by


async def test_only_doubts_are_decided(desk: DeskHouse) -> None:
    """A report that the city took is never sent again from a card, nor given another number."""
    case = await desk.report()

    assert await desk.press("decide", MARIA, case, choice="again") == Refused("not_in_doubt")


@pytest.mark.parametrize("given", [{}, {"choice": "filed"}, {"choice": "filed", "number": " "}])
async def test_a_decision_has_to_be_one(desk: DeskHouse, given: dict[str, Any]) -> None:
    """Neither choice, or a number that is none, decides nothing."""
    case = await _doubt(desk)
    outcome = await desk.press("decide", MARIA, case, **given)

    assert isinstance(outcome, Refused)
    assert outcome.code in ("bad_choice", "bad_number")
    assert (await desk.request(case)).filing == "unconfirmed"
