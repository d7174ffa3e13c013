"""After a report was sent: numbers texted back, doubts, the same again, not fixed, ratings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text as sql

import bot.turn
from bot.chores import chase_unconfirmed, poll_status, reconcile
from bot.looks import Patience
from bot.storage import followers, service_requests, timeline
from conversations.vocabulary.effects import Do, Look, Say
from conversations.vocabulary.events import Heard
from conversations.vocabulary.requests import RequestStatus
from integrations.kit.dto import HandOffDTO
from integrations.kit.errors import Rejected, ServerFailed

DAY_S = 24 * 3600
JPEG = b"\xff\xd8\xff\xdb\x00\x04ab\xff\xda picture"


@pytest.fixture(autouse=True)
def doing(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fake engine do what a text says: `do track {"number": "X"}`."""
    fake = bot.turn.step

    def step(talk: Any, event: Any, given: Any) -> Any:
        if not isinstance(event, Heard) or not event.text.startswith("do "):
            return fake(talk, event, given)
        _, name, args = event.text.split(" ", 2)
        return talk, (Do(name, json.loads(args)), Say("echo", {"text": "ok"}))

    monkeypatch.setattr(bot.turn, "step", step)


@pytest.fixture
def by_hand(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the city take no reports from us: the resident files them."""

    async def hand_off(_draft: Any) -> HandOffDTO:
        return HandOffDTO(text="Pothole", link="https://portal.example")

    monkeypatch.setattr(house.requests, "submit", hand_off)


async def do(house: Any, name: str, **args: Any) -> None:
    """Let the conversation do something, and everything that follows."""
    await house.hear(f"do {name} {json.dumps(args)}")
    await house.work()


async def ids(house: Any) -> list[str]:
    """Return the requests' ids, oldest first."""
    rows = await house.rows("SELECT id FROM service_requests ORDER BY id")
    return [row[0] for row in rows]


async def read(house: Any, request_id: str) -> Any:
    """Return one request."""
    vault = house.shell.vault
    return await house.shell.storage.read(lambda c: service_requests.read(c, vault, request_id))


async def kinds(house: Any, request_id: str) -> list[str]:
    """Return what happened to a request, in order."""
    vault = house.shell.vault
    found = await house.shell.storage.read(lambda c: timeline.read(c, vault, request_id))
    return [entry.kind.value for entry in found]


async def standings(house: Any) -> list[Any]:
    """Return what STATUS is told of the only resident's requests."""
    ((resident,),) = await house.rows("SELECT id FROM residents")
    look = Look("k", "my_requests")
    answer = await house.shell.looks.answer(look, "nyc", resident, Patience.begin())
    return list(answer["requests"])


async def poll(house: Any, clock: Any, times: int = 1) -> None:
    """Let the poller come by every hour."""
    for _ in range(times):
        await poll_status.run(house.shell)
        await house.work()
        clock.advance(3601)


async def test_status_knows_what_became_of_a_filing(house: Any, clock: Any) -> None:
    """Filed with its times, in doubt with the time it left, refused with none of sending."""
    await house.hear("submit here")
    await house.work()
    house.requests.before = [Rejected("nyc311", "submit", status=422)]
    await house.hear("submit there")
    await house.work()
    house.requests.after = [ServerFailed("nyc311", "submit", status=500)]
    await house.hear("submit elsewhere")
    await house.work()
    doubt, refused, filed = await standings(house)
    assert doubt["filing"] == "unconfirmed"
    assert doubt["filed_at"] is not None
    assert (refused["filing"], refused["filed_at"]) == ("refused", None)
    assert (filed["filing"], filed["number"]) == ("filed", "NYC311-0001")
    assert filed["received_at"] <= filed["filed_at"] <= clock.now().isoformat()


async def test_a_number_texted_back_joins_its_report(house: Any, clock: Any, by_hand: None) -> None:
    """It becomes the number of the report that was handed over, and its first status is told."""
    await house.hear("submit here")
    await house.work()
    await do(house, "track", number="nyc311-0042")
    (row,) = await ids(house)
    report = await read(house, row)
    assert (report.number, report.filing, report.updates) == ("NYC311-0042", "tracked", True)
    assert report.type_key == "pothole"
    await poll(house, clock, 3)
    assert house.messenger.texts().count("status_changed NYC311-0042") == 1
    assert await kinds(house, row) == [
        "received", "handed_off", "told", "tracked", "status", "told",
    ]  # fmt: skip


async def test_a_number_of_no_report_is_followed_too(house: Any, clock: Any) -> None:
    """Without a report that waits for a number, the number is followed by itself, once."""
    for _ in range(2):
        await do(house, "track", number="NYC311-0042")
    await poll(house, clock)
    assert len(await ids(house)) == 1
    assert house.messenger.texts()[-1] == "status_changed NYC311-0042"


async def test_of_two_handed_over_the_named_one_is_meant(
    house: Any, clock: Any, by_hand: None
) -> None:
    """A conversation that knows which report its question was about says so."""
    for place in ("here", "there"):
        await house.hear(f"submit {place}")
        await house.work()
        clock.advance(1)
    first, second = await ids(house)
    await do(house, "track", number="NYC311-0001", request_id=first)
    await do(house, "track", number="NYC311-0002", request_id="gone")
    assert (await read(house, first)).number == "NYC311-0001"
    assert (await read(house, second)).number == "NYC311-0002"


async def test_a_number_nobody_knows_is_given_up(
    house: Any, clock: Any, by_hand: None, monkeypatch: Any
) -> None:
    """After five answers "no such number" its resident is told once; the right one is followed."""
    real, known = house.requests.status, {"NYC311-0024"}

    async def status(number: str, **more: Any) -> Any:
        found = await real(number, **more)
        return found if number in known else None

    monkeypatch.setattr(house.requests, "status", status)
    await house.hear("submit here")
    await house.work()
    await do(house, "track", number="NYC311-0042")
    await poll(house, clock, 4)
    assert "number_unknown NYC311-0042" not in house.messenger.texts()
    await poll(house, clock, 4)
    assert house.messenger.texts().count("number_unknown NYC311-0042") == 1
    assert house.requests.asked == ["poller"] * 5
    (row,) = await ids(house)
    assert (await read(house, row)).filing == "not_found"
    await do(house, "track", number="NYC311-0024", request_id=row)
    await poll(house, clock)
    assert house.messenger.texts()[-1] == "status_changed NYC311-0024"
    assert await ids(house) == [row]


async def test_a_number_the_city_gave_is_never_given_up(
    house: Any, clock: Any, monkeypatch: Any
) -> None:
    """A city whose index lags does not make its own number the resident's mistake."""

    async def status(_number: str, **_more: Any) -> None:
        return None

    monkeypatch.setattr(house.requests, "status", status)
    await house.hear("submit here")
    await house.work()
    await poll(house, clock, 8)
    assert house.messenger.texts() == ["filed NYC311-0001"]


async def doubtful(house: Any, clock: Any) -> str:
    """File a report that stays unconfirmed, let two days pass, and return its id."""
    house.requests.after = [ServerFailed("nyc311", "submit", status=500)]
    await house.hear("submit here")
    await house.work()
    for _ in range(3):
        clock.advance(DAY_S)
        for chore in (reconcile, chase_unconfirmed, poll_status):
            await chore.run(house.shell)
        await house.work()
    (row,) = await ids(house)
    return row


async def test_the_word_about_an_unconfirmed_filing_is_kept(house: Any, clock: Any) -> None:
    """Told again after a day, asked after two, then left alone; nothing is filed by itself."""
    await doubtful(house, clock)
    assert [text.strip() for text in house.messenger.texts()] == [
        "filing_unconfirmed", "still_unconfirmed", "filing_doubtful",
    ]  # fmt: skip
    assert len(house.requests.filed) == 1


async def test_an_unconfirmed_filing_is_filed_anew_when_its_resident_says_so(
    house: Any, clock: Any
) -> None:
    """A new request with its own key takes the old one's place and names it."""
    row = await doubtful(house, clock)
    await do(house, "file_again", request_id=row, why="unconfirmed", language="es")
    old, new = [await read(house, item) for item in await ids(house)]
    assert (old.filing, new.filing, new.number) == ("superseded", "filed", "NYC311-0002")
    first, second = house.requests.filed
    assert second.idempotency_key != first.idempotency_key
    assert second.details["may_repeat"] == f"Ref {first.reference}"
    assert (second.place, second.type_key, second.language) == (first.place, "pothole", "es")
    assert [item["number"] for item in await standings(house)] == ["NYC311-0002"]
    assert (await kinds(house, row))[-1] == "superseded"


async def test_a_filing_confirmed_meanwhile_is_not_filed_anew(house: Any, clock: Any) -> None:
    """An answer that comes after the doubt was settled gets the truth, no second report."""
    row = await doubtful(house, clock)
    await house.change("UPDATE service_requests SET filing = 'filed', number = 'NYC311-0009'")
    await do(house, "file_again", request_id=row, why="unconfirmed")
    assert len(house.requests.filed) == 1
    assert house.messenger.texts()[-1] == "already_filed NYC311-0009"


async def test_a_doubt_filed_anew_is_never_repeated(house: Any, clock: Any) -> None:
    """Once the new report stands, not even a key that makes repeats safe sends the old one."""
    row = await doubtful(house, clock)
    await do(house, "file_again", request_id=row, why="unconfirmed")
    house.requests.has_idempotency_key = True
    clock.advance(7200)
    await reconcile.run(house.shell)
    await house.work()
    assert len(house.requests.filed) == 2


async def test_the_same_report_again_is_told_how_it_stands(house: Any) -> None:
    """Also while the first one is on its way or in doubt, when there is no number to tell."""
    house.requests.after = [ServerFailed("nyc311", "submit", status=500)]
    for _ in range(2):
        await house.hear("submit here")
        await house.work()
    assert house.messenger.texts()[-1].strip() in ("already_filed", "already_filed None")
    assert len(await ids(house)) == 1
    assert len(house.requests.filed) == 1


async def test_not_fixed_carries_everything_of_the_first_report(house: Any, clock: Any) -> None:
    """Words, details, name and photos go with the new report, which points to the old one."""
    house.media.content["https://m/1"] = JPEG
    await house.hear("submit here", media=["https://m/1"])
    await house.work()
    (row,) = await ids(house)
    ((photo,),) = await house.rows("SELECT id FROM photos")
    report = await read(house, row)
    words = {"words": "deep hole by the school", "which_side": "north"}
    vault = house.shell.vault
    told = {**report.report, "details": words, "name": "Ana Ruiz"}
    box = vault.seal("service_requests.report", row, told)
    change = sql("UPDATE service_requests SET report_box = :box WHERE id = :row")
    await house.shell.storage.write(lambda c: c.execute(change, {"box": box, "row": row}))
    house.requests.statuses["NYC311-0001"] = RequestStatus.CLOSED
    clock.advance(3601)
    await poll(house, clock)
    await do(house, "judge", request_id=row, fixed=False)
    await do(house, "file_again", request_id=row, why="not_fixed", language="en")
    again = house.requests.filed[-1]
    assert again.details == {**words, "not_fixed": "see NYC311-0001"}
    assert (again.first_name, again.follows) == ("Ana", "NYC311-0001")
    assert (await read(house, (await ids(house))[-1])).report["photos"] == [photo]
    assert (await kinds(house, row))[-1] == "not_fixed"


async def test_what_a_resident_says_of_a_closing_is_kept(house: Any, clock: Any) -> None:
    """The verdict and the mark stay with the request; a new status begins anew."""
    await house.hear("submit here")
    await house.work()
    (row,) = await ids(house)
    await do(house, "judge", request_id=row, fixed=True)
    await do(house, "rate", request_id=row, score=4)
    report = await read(house, row)
    assert (report.verdict, report.rating) == ("fixed", 4)
    assert (await standings(house))[0]["verdict"] == "fixed"
    assert (await kinds(house, row))[-2:] == ["fixed", "rated"]
    house.requests.statuses["NYC311-0001"] = RequestStatus.IN_PROGRESS
    clock.advance(3601)
    await poll(house, clock)
    assert (await read(house, row)).verdict is None


async def _closed(house: Any, clock: Any) -> str:
    """File a report, let the city close it, and return its id."""
    await house.hear("submit here")
    await house.work()
    house.requests.statuses["NYC311-0001"] = RequestStatus.CLOSED
    clock.advance(3601)
    await poll(house, clock)
    (row,) = await ids(house)
    return row


async def test_one_closing_is_filed_anew_once(house: Any, clock: Any) -> None:
    """Chat, page and digest make one follow-up; who answers again is told how it stands."""
    row = await _closed(house, clock)
    for fixed in (False, True, False):
        await do(house, "judge", request_id=row, fixed=fixed)
        if not fixed:
            await do(house, "file_again", request_id=row, why="not_fixed", language="en")
    assert len(house.requests.filed) == 2
    assert house.messenger.texts()[-1] == "already_filed NYC311-0002"
    assert (await kinds(house, row)).count("not_fixed") == 2


async def test_the_next_closing_may_be_filed_anew_too(house: Any, clock: Any) -> None:
    """What was filed after an earlier closing does not stand in the way of a later one."""
    row = await _closed(house, clock)
    await do(house, "file_again", request_id=row, why="not_fixed", language="en")
    clock.advance(DAY_S)
    later = round(clock.now().timestamp() * 1000)
    await house.change(f"UPDATE service_requests SET updated_at = {later} WHERE id = '{row}'")
    await do(house, "file_again", request_id=row, why="not_fixed", language="en")
    assert len(house.requests.filed) == 3


async def test_the_same_verdict_twice_is_one(house: Any, clock: Any) -> None:
    """The page and the chat both say fixed: the timeline says it once."""
    row = await _closed(house, clock)
    for _ in range(2):
        await do(house, "judge", request_id=row, fixed=True)
    assert (await kinds(house, row)).count("fixed") == 1


async def test_muting_ends_the_news_of_one_request(house: Any, clock: Any) -> None:
    """It is on record, and the next change is not told; the other request's still is."""
    for place in ("here", "there"):
        await house.hear(f"submit {place}")
        await house.work()
    first, _ = await ids(house)
    await do(house, "mute", request_id=first)
    for number in ("NYC311-0001", "NYC311-0002"):
        house.requests.statuses[number] = RequestStatus.IN_PROGRESS
    clock.advance(3601)
    await poll(house, clock)
    told = [text for text in house.messenger.texts() if text.startswith("status_changed")]
    assert told == ["status_changed NYC311-0002"]
    ledger = await house.rows("SELECT topic, state, method FROM consents ORDER BY id DESC")
    assert tuple(ledger[0]) == ("updates", "out", "page")


async def test_a_follower_who_mutes_follows_no_more(house: Any, clock: Any) -> None:
    """Its own resident still gets the news."""
    await house.hear("submit here")
    await house.work()
    (row,) = await ids(house)
    await house.hear("hello", number="+17185550199")
    await house.work()
    other = (await house.rows("SELECT id, resident_id FROM conversations ORDER BY id DESC"))[0]
    store, vault = house.shell.storage, house.shell.vault
    await store.write(lambda c: followers.follow(c, row, other.resident_id, other.id, 1))
    words = json.dumps({"request_id": row})
    await house.hear(f"do mute {words}", number="+17185550199")
    await house.work()
    assert await store.read(lambda c: followers.of_request(c, row)) == []
    report = await store.read(lambda c: service_requests.read(c, vault, row))
    assert report.updates


async def test_no_word_about_an_unconfirmed_filing_at_night(house: Any, clock: Any) -> None:
    """What is due at eleven in the evening waits until eight, also for who wanted no updates."""
    clock.advance(13 * 3600)
    house.requests.after = [ServerFailed("nyc311", "submit", status=500)]
    await house.hear("submit here")
    await house.work()
    await house.change("UPDATE service_requests SET updates = false")
    clock.advance(DAY_S + 60)
    await chase_unconfirmed.run(house.shell)
    await house.work()
    at_night = [text.strip() for text in house.messenger.texts()]
    clock.advance(9 * 3600)
    await house.work()
    assert at_night == ["filing_unconfirmed"]
    assert house.messenger.texts()[-1].strip() == "still_unconfirmed"


async def test_a_follower_judges_and_files_nothing(house: Any, clock: Any) -> None:
    """What somebody else's report holds, and whether it is fixed, is its own resident's to say."""
    row = await _closed(house, clock)
    for name, more in (("judge", {"fixed": False}), ("file_again", {"why": "not_fixed"})):
        await house.hear(f"do {name} {json.dumps({'request_id': row, **more})}", "+17185550199")
        await house.work()
    assert len(house.requests.filed) == 1
    assert (await read(house, row)).verdict is None
