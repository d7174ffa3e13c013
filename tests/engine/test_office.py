"""Office hours: when people of the city are there, and what a resident who wants one is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.engine.person import call_person
from conversations.engine.sampling import sample_given
from conversations.engine.talk import Talk
from conversations.vocabulary.effects import Say
from conversations.vocabulary.office import Office
from integrations.cities import load_city

NYC = load_city("nyc").office
ZONE = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    """Return a moment in New York."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "open_", "next_"),
    [
        ("2026-09-30T08:59", False, "2026-09-30T09:00"),  # a Wednesday
        ("2026-09-30T09:00", True, "2026-10-01T09:00"),
        ("2026-09-30T16:59", True, "2026-10-01T09:00"),
        ("2026-09-30T17:00", False, "2026-10-01T09:00"),
        ("2026-10-02T18:00", False, "2026-10-05T09:00"),  # a Friday evening
        ("2026-10-09T18:00", False, "2026-10-13T09:00"),  # before the weekend of Columbus Day
        ("2026-11-26T12:00", False, "2026-11-27T09:00"),  # Thanksgiving
        ("2026-12-24T17:00", False, "2026-12-28T09:00"),  # Christmas on a Friday
        ("2027-12-30T20:00", False, "2028-01-03T09:00"),
        ("2026-10-31T12:00", False, "2026-11-02T09:00"),  # clocks go back in the night after
    ],
)
def test_new_york(moment: str, open_: bool, next_: str) -> None:
    """Weekdays from nine to five but for the City's holidays."""
    assert NYC.is_open(at(moment)) is open_
    assert NYC.next_opening(at(moment)) == at(next_)


def test_new_yorks_holidays_are_kept_on_weekdays_of_both_years() -> None:
    """Twelve a year, each on a day on which the office would be open, and next year's first."""
    years = [day.year for day in NYC.holidays]
    assert (years.count(2026), years.count(2027)) == (12, 13)
    assert all(day.weekday() in NYC.hours for day in NYC.holidays)


def test_no_hours_are_never_open() -> None:
    """Without hours nobody is ever there, and nobody knows when."""
    assert not Office().is_open(at("2026-09-30T12:00"))
    assert Office().next_opening(at("2026-09-30T12:00")) is None
    closed = {date(2026, 9, 28) + timedelta(days=n): "strike" for n in range(30)}
    days = dict.fromkeys(range(7), (time(9), time(17)))
    assert Office(days, closed).next_opening(at("2026-09-30T12:00")) is None


@pytest.mark.parametrize(
    ("ahead", "phrase"),
    [(timedelta(hours=15), "closed_until"), (timedelta(days=7), "closed"), (None, "closed")],
)
def test_a_weekday_is_named_only_within_the_week(ahead: timedelta | None, phrase: str) -> None:
    """Next Monday and the one after have the same name, so a far one is not named."""
    given = sample_given({})
    opens = None if ahead is None else given.now + ahead
    given = replace(given, office_open=False, office_opens=opens)
    _, effects = call_person(Talk.new("en"), given, "asked", "a person please")
    [said] = [effect for effect in effects if isinstance(effect, Say)]
    assert said.phrase == f"person.{phrase}"
