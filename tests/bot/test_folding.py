"""News told once: what is folded before a turn, and that nothing of it is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import bot.turn
from bot.folding import fold
from bot.notices import News, notify
from bot.storage import service_requests
from bot.storage.inbox import Waiting
from conversations.engine.given import Given
from conversations.engine.step import step
from conversations.engine.talk import Talk
from conversations.reading.reader import Reader
from conversations.vocabulary.effects import Say
from conversations.vocabulary.events import Happened
from integrations.cities import load_city


def _row(number: int, sort: str, **event: Any) -> Waiting:
    return Waiting(f"row{number}", "c1", sort, event, 1, "t1", number)


def _news(number: int, request: str, status: str) -> Waiting:
    data = {"request_id": request, "status": status}
    return _row(number, "happened", kind="status_changed", data=data)


def test_of_one_request_only_the_last_is_played() -> None:
    """The earlier ones are marked with it; what else waits keeps its place."""
    first, said, last = (
        _news(1, "r1", "Open"),
        _row(2, "heard", text="hi"),
        _news(3, "r1", "Closed"),
    )

    folded = fold([first, said, last])

    assert [item.event for item in folded] == [said, last]
    assert folded[1].rows == (first, last)


def test_of_several_requests_one_digest_is_made() -> None:
    """It holds the last news of each request, in the order they were first heard of."""
    rows = [_news(1, "r1", "Open"), _news(2, "r2", "Closed"), _news(3, "r1", "Closed")]

    (digest,) = fold(rows)

    assert digest.event.event["kind"] == "status_digest"
    changes = digest.event.event["data"]["changes"]
    assert [(item["request_id"], item["status"]) for item in changes] == [
        ("r1", "Closed"), ("r2", "Closed"),
    ]  # fmt: skip
    assert digest.rows == tuple(rows)


def test_a_single_piece_of_news_and_other_kinds_stay_as_they_are() -> None:
    """Nothing is folded that is told once anyway, or that is no news."""
    rows = [_row(1, "happened", kind="filed", data={"request_id": "r1"}), _news(2, "r2", "Open")]

    assert [item.event for item in fold(rows)] == rows
    assert all(item.rows == (item.event,) for item in fold(rows))


@pytest.fixture
def digests(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the fake engine is told in digests: the requests' numbers."""
    fake = bot.turn.step
    seen: list[list[str]] = []

    def step_(talk: Any, event: Any, given: Any) -> Any:
        if isinstance(event, Happened) and event.kind == "status_digest":
            seen.append([item["number"] for item in event.data["changes"]])
            return talk, (Say("echo", {"text": "digest"}),)
        return fake(talk, event, given)

    monkeypatch.setattr(bot.turn, "step", step_)
    return seen


async def test_news_of_the_night_are_one_text_in_the_morning(
    house: Any, clock: Any, digests: list[list[str]]
) -> None:
    """Two requests, three changes after nine in the evening: one text at eight, all marked done."""
    for place in ("here", "there"):
        await house.hear(f"submit {place}")
        await house.work()
    shell = house.shell
    rows = await house.rows("SELECT id FROM service_requests ORDER BY id")
    clock.advance(13 * 3600)
    now = round(shell.clock.now().timestamp() * 1000)
    for index, row in enumerate([rows[0], rows[1], rows[0]]):
        report = await shell.storage.read(
            lambda c, row=row: service_requests.read(c, shell.vault, row.id)
        )
        data = {"request_id": report.id, "number": report.number}
        news = News("status_changed", data, f"k{index}")
        await shell.storage.write(
            lambda c, report=report, news=news: notify(
                c, shell.vault, shell.cities["nyc"], report, news, now
            )
        )
    before = len(house.messenger.sent)
    clock.advance(11 * 3600)
    await house.work()

    assert house.messenger.texts()[before:] == ["digest"]
    assert digests == [["NYC311-0001", "NYC311-0002"]]
    assert not await house.rows("SELECT id FROM inbox WHERE state = 'waiting'")


async def test_a_defect_in_a_digest_sets_all_of_its_events_apart(
    house: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them comes back to break the conversation again, and none is lost to staff."""
    await house.hear("submit here")
    await house.work()
    shell = house.shell
    (row,) = await house.rows("SELECT id FROM service_requests")
    report = await shell.storage.read(lambda c: service_requests.read(c, shell.vault, row.id))
    now = round(shell.clock.now().timestamp() * 1000)
    for request in ("r1", "r2"):
        news = News("status_changed", {"request_id": request}, request)
        await shell.storage.write(
            lambda c, news=news: notify(c, shell.vault, shell.cities["nyc"], report, news, now)
        )
    monkeypatch.setattr(bot.turn, "step", lambda *_: 1 / 0)
    await shell.wakes.publish([report.conversation_id])
    await house.work()

    failed = await house.rows("SELECT id FROM inbox WHERE state = 'failed'")
    assert len(failed) == 2


def test_a_mail_has_room_for_all() -> None:
    """What one text must count is listed whole in a mail, as numbered choices."""
    city = load_city("nyc")
    given = Given(city, Reader(city), datetime(2026, 3, 4, 15, 0, tzinfo=UTC), channel="email")
    closed = [
        {"request_id": f"r{n}", "title_key": "pothole", "status": "Closed", "own": True,
         "place_label": f"{n}23 Meserole Street, Brooklyn"} for n in range(1, 9)
    ]  # fmt: skip

    _, effects = step(Talk.new("en"), Happened("status_digest", {"changes": closed}), given)

    (say,) = [effect for effect in effects if isinstance(effect, Say)]
    assert len(say.choices) == 8
    assert say.values["more"] == ""
