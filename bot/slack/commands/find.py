"""`/cityhelper find`: cases by number, request type, street words and date, newest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.channels.slack.answers import say
from bot.channels.slack.home import line_of
from bot.slack.commands.asking import Ask, lay_out
from conversations.vocabulary.city import City
from integrations.slack.adapter import Message

USAGE = (
    "find WORDS: reports by street (broadway), type (type:pothole), day (2026-03-04, today, "
    "yesterday) or number, all of them together"
)
MOST = 15
_NUMBER = re.compile(r"CH-[0-9A-Z]{4}-[0-9A-Z]{2}|[A-Z0-9]*\d[A-Z0-9-]*-\d[A-Z0-9-]*", re.I)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(slots=True)
class Wanted:
    """What is looked for."""

    number: str | None = None
    type_key: str | None = None
    street: str | None = None
    day: date | None = None


async def run(ask: Ask) -> Message:
    """Return the cases that answer to everything that was given."""
    cities = [ask.room.cities[slug] for slug in ask.room.cities]
    wanted = read_wanted(ask.words, cities, ask.room.local(cities[0].slug).date())
    if wanted is None:
        return say(f"Use: /cityhelper {USAGE}")
    found = await ask.room.board.find(
        ask.handle,
        number=wanted.number,
        type_key=wanted.type_key,
        street=wanted.street,
        day=wanted.day,
    )
    lines = [line_of(card) for card in found[:MOST]]
    more = f"And {len(found) - MOST} more. Say more to find fewer." if len(found) > MOST else ""
    return lay_out(f"Found: {len(found)}", lines, more)


def read_wanted(words: Sequence[str], cities: Sequence[City], today: date) -> Wanted | None:
    """Return what the words ask for, or None when they ask for nothing, or for no such type."""
    wanted, street = Wanted(), []
    for word in words:
        lower = word.lower()
        if lower.startswith("type:"):
            key = lower.removeprefix("type:")
            if not any(key in city.request_types for city in cities):
                return None
            wanted.type_key = key
        elif (day := _day_of(lower, today)) is not None:
            wanted.day = day
        elif _NUMBER.fullmatch(word):
            wanted.number = word
        else:
            street.append(word)
    wanted.street = " ".join(street) or None
    return None if wanted == Wanted() else wanted


def _day_of(word: str, today: date) -> date | None:
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday")
    if not _DAY.fullmatch(word):
        return None
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None
