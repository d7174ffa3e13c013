"""The same thing reported close by: found, told without a word about anybody, and followed."""

from __future__ import annotations

import json
from typing import Any

import pytest

import bot.turn
from bot.chores import poll_status
from bot.looks import Patience
from bot.storage import cells, followers
from conversations.vocabulary.effects import Do, Look, Say
from conversations.vocabulary.events import Heard
from conversations.vocabulary.requests import RequestStatus
from tests.bot.conftest import PLACE

OTHER = "+17185550199"
DAY_S = 24 * 3600


@pytest.fixture(autouse=True)
def doing(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fake engine do what a text says: `do follow {"request_id": "X"}`."""
    fake = bot.turn.step

    def step(talk: Any, event: Any, given: Any) -> Any:
        if not isinstance(event, Heard) or not event.text.startswith("do "):
            return fake(talk, event, given)
        _, name, args = event.text.split(" ", 2)
        return talk, (Do(name, json.loads(args)), Say("echo", {"text": "ok"}))

    monkeypatch.setattr(bot.turn, "step", step)


async def look(house: Any, sender: str, look_name: str, **args: Any) -> Any:
    """Return a look's answer for the resident with this phone number."""
    await house.hear("quiet", number=sender)
    rows = await house.rows("SELECT resident_id FROM conversations ORDER BY heard_at DESC, id DESC")
    return await house.shell.looks.answer(
        Look("k", look_name, args), "nyc", rows[0][0], Patience.begin()
    )


def spot(north_m: float = 0.0, type_key: str = "pothole") -> dict[str, Any]:
    """Return the arguments of a look near the place that the fake engine reports."""
    assert PLACE.latitude is not None
    latitude = PLACE.latitude + north_m / cells.METRES_PER_DEGREE
    return {"type_key": type_key, "latitude": latitude, "longitude": PLACE.longitude}


async def file_one(house: Any) -> str:
    """Let the first resident file a report and return its id."""
    await house.hear("submit here")
    await house.work()
    return str((await house.rows("SELECT id FROM service_requests"))[0][0])


async def follow(house: Any, row: str) -> None:
    """Let another resident follow a request."""
    await house.hear(f"do follow {json.dumps({'request_id': row})}", number=OTHER)
    await house.work()


async def test_only_what_anybody_may_know_is_told(house: Any, clock: Any) -> None:
    """Status, age, how many follow, whose: nothing else of somebody's report."""
    row = await file_one(house)
    clock.advance(3 * DAY_S + 60)
    answer = await look(house, OTHER, "nearby", **spot(20))
    assert answer == {
        "found": [
            {"request_id": row, "status": "Open", "age_days": 3, "followers": 0, "own": False}
        ]
    }


@pytest.mark.parametrize(("metres", "found"), [(49, 1), (-49, 1), (52, 0), (120, 0)])
async def test_fifty_metres_are_near(house: Any, metres: float, found: int) -> None:
    """Also across the border of a square; what is farther is another thing."""
    await file_one(house)
    assert len((await look(house, OTHER, "nearby", **spot(metres)))["found"]) == found


@pytest.mark.parametrize(
    "change",
    ["status = 'Closed'", "status = 'Cancelled'", "filing = 'refused'", "filing = 'superseded'",
     "filing = 'unconfirmed'", "created_at = 0"],
)  # fmt: skip
async def test_what_is_over_or_in_doubt_is_not_offered(house: Any, change: str) -> None:
    """Nobody is sent to wait for a report that has ended, never arrived, or is too old."""
    await file_one(house)
    await house.change(f"UPDATE service_requests SET {change}")
    assert (await look(house, OTHER, "nearby", **spot()))["found"] == []


async def test_another_type_is_another_thing(house: Any) -> None:
    """A street light beside a pothole is not known already."""
    await file_one(house)
    assert (await look(house, OTHER, "nearby", **spot(type_key="street_light")))["found"] == []


async def test_ones_own_report_is_known_as_such(house: Any) -> None:
    """Whoever reports it a second time is told that it is their own."""
    await file_one(house)
    (mine,) = await house.rows("SELECT resident_id FROM service_requests")
    answer = await house.shell.looks.answer(
        Look("k", "nearby", spot()), "nyc", mine[0], Patience.begin()
    )
    assert answer["found"][0]["own"] is True


async def test_the_square_is_kept_as_a_keyed_hash(house: Any) -> None:
    """Where something is does not stand in the table in the clear."""
    await file_one(house)
    ((kept,),) = await house.rows("SELECT cell_hash FROM service_requests")
    assert kept == cells.cell_hash(house.shell.vault, "nyc", "pothole", PLACE.to_json())
    assert len(kept) == 64


async def test_a_follower_hears_the_news_and_sees_it_in_status(house: Any, clock: Any) -> None:
    """The block, the status and the public number; the house and the words are the owner's."""
    row = await file_one(house)
    await follow(house, row)
    house.requests.statuses["NYC311-0001"] = RequestStatus.IN_PROGRESS
    clock.advance(3601)
    await poll_status.run(house.shell)
    await house.work()
    told = [m.recipient for m in house.messenger.sent if m.text == "status_changed NYC311-0001"]
    assert len(told) == 2
    (seen,) = (await look(house, OTHER, "my_requests"))["requests"]
    assert (seen["own"], seen["status"]) == (False, "In Progress")
    by_number = await look(house, OTHER, "request", number="NYC311-0001")
    assert by_number["request"]["own"] is False


async def test_a_stranger_sees_nothing_by_id(house: Any) -> None:
    """An id alone opens nothing; following does."""
    row = await file_one(house)
    before = await look(house, OTHER, "request", request_id=row)
    await follow(house, row)
    after = await look(house, OTHER, "request", request_id=row)
    assert before == {"request": None}
    assert after["request"]["number"] == "NYC311-0001"


async def test_following_ones_own_brings_its_news_back(house: Any) -> None:
    """Who files the same again, and had said no updates, gets them."""
    row = await file_one(house)
    await house.change("UPDATE service_requests SET updates = false")
    await house.hear(f"do follow {json.dumps({'request_id': row})}")
    await house.work()
    assert bool((await house.rows("SELECT updates FROM service_requests"))[0][0])
    store = house.shell.storage
    assert await store.read(lambda c: followers.of_request(c, row)) == []


async def test_a_note_needs_a_request_of_ones_own_or_followed(house: Any) -> None:
    """Words go to the timeline and before staff; a stranger's go nowhere."""
    row = await file_one(house)
    words = json.dumps({"request_id": row, "text": "two feet wide", "photos": ["p1"]})
    await house.hear(f"do note {words}", number=OTHER)
    await house.work()
    nothing = await house.rows("SELECT id FROM hand_overs")
    await follow(house, row)
    await house.hear(f"do note {words}", number=OTHER)
    await house.work()
    kinds = [r[0] for r in await house.rows("SELECT kind FROM timeline ORDER BY at, id")]
    assert nothing == []
    assert {"note", "photo"} <= set(kinds)
    ((reason, about),) = await house.rows("SELECT reason, request_id FROM hand_overs")
    assert (reason, about) == ("note", row)
