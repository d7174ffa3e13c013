"""Notices: to whom, where, and at what hour."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.notices import News, notify
from bot.quiet import loud_from
from bot.storage import followers, persons, residents, service_requests
from conversations.vocabulary.handles import mailto
from tests.bot.conftest import House


@pytest.mark.parametrize(
    ("at", "loud"),
    [
        ("2026-03-04T15:00", "2026-03-04T15:00"),  # 10 in the morning in New York
        ("2026-03-04T02:00", "2026-03-04T13:00"),  # 9 in the evening: until 8 tomorrow
        ("2026-03-04T12:59", "2026-03-04T13:00"),
        ("2026-03-08T05:00", "2026-03-08T12:00"),  # the night the clocks go forward
    ],
)
def test_quiet_hours_are_the_citys(house_city: Any, at: str, loud: str) -> None:
    """From nine to eight local time a notice waits, whatever the clocks do that night."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert loud_from(house_city, moment) == datetime.fromisoformat(loud).replace(tzinfo=UTC)


@pytest.fixture
def house_city(house: House) -> Any:
    """The fake house's city."""
    return house.shell.cities["nyc"]


async def _report(house: House) -> Any:
    await house.hear("submit here")
    await house.work()
    row = (await house.rows("SELECT id FROM service_requests"))[0]
    shell = house.shell
    return await shell.storage.read(lambda c: service_requests.read(c, shell.vault, row.id))


async def _notify(house: House, report: Any, key: str) -> list[str]:
    shell = house.shell
    now = round(shell.clock.now().timestamp() * 1000)
    news = News("status_changed", {"number": "N1"}, key)
    city = shell.cities["nyc"]
    return await shell.storage.write(lambda c: notify(c, shell.vault, city, report, news, now))


async def test_news_of_the_night_are_told_in_the_morning(house: House) -> None:
    """At eleven in the evening nobody is woken; at eight the text goes out, once."""
    report = await _report(house)
    house.shell.clock.advance(13 * 3600)  # type: ignore[attr-defined]  # from 10 to 23 o'clock
    before = len(house.messenger.sent)
    woken = await _notify(house, report, "k1")
    await _notify(house, report, "k1")
    await house.work()
    at_night = len(house.messenger.sent)
    house.shell.clock.advance(9 * 3600)  # type: ignore[attr-defined]
    await house.work()

    assert woken == []
    assert at_night == before
    assert house.messenger.texts()[before:] == ["status_changed N1"]


async def test_news_go_to_the_handle_chosen_last(house: House) -> None:
    """A resident who linked a mailbox and chose it hears of changes there."""
    report = await _report(house)
    shell = house.shell
    jane = mailto("jane@home.example")

    def link(connection: Any) -> None:
        people = residents.find_or_open(connection, shell.vault, {jane}, 1)
        wanted = {("nyc", "email", people[jane].id): ("sendgrid", "mailto:311@reply.city.example")}
        from bot.storage import conversations

        conversations.find_or_open(connection, wanted, 1)
        persons.link(connection, [report.resident_id, people[jane].id])
        persons.prefer(connection, people[jane].id, 2)

    await shell.storage.write(link)
    await _notify(house, report, "k2")
    await house.work()

    assert house.messenger.sent[-1].recipient == jane
    assert house.messenger.sent[-1].text == "status_changed N1"


async def test_followers_hear_too(house: House) -> None:
    """Who follows somebody else's report is told as well, until they end it."""
    report = await _report(house)
    await house.hear("hello", number="+17185550199")
    await house.work()
    shell = house.shell
    other = (await house.rows("SELECT id, resident_id FROM conversations ORDER BY id DESC"))[0]
    await shell.storage.write(
        lambda c: followers.follow(c, report.id, other.resident_id, other.id, 1)
    )
    first = await _notify(house, report, "k3")
    await shell.storage.write(lambda c: followers.unfollow(c, report.id, [other.resident_id], 2))
    second = await _notify(house, report, "k4")

    assert other.id in first
    assert other.id not in second
