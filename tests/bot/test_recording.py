"""A conversation that took place becomes a transcript that plays as it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import pytest

from bot.recording import START, record, shorten
from bot.storage.transcript import Line
from conversations.engine.given import Given
from conversations.engine.playing import Player, read_answer
from conversations.engine.transcript import parse_transcript, write_transcript
from conversations.reading.reader import Reader
from conversations.vocabulary.city import City
from conversations.vocabulary.effects import Look
from integrations.cities import load_city

HEADER = {"city": "nyc", "channel": "sms", "language": "en"}
PLACE: Mapping[str, Any] = {
    "label": "123 Broadway, Brooklyn",
    "kind": "address",
    "latitude": 40.7,
    "longitude": -73.9,
    "house": "123",
    "street": "BROADWAY",
    "borough": "Brooklyn",
    "zip": "11211",
    "source": "geoclient",
    "exact": True,
}
EXACT: Mapping[str, Any] = {
    "status": "exact",
    "places": [PLACE],
    "suggestions": [],
    "boroughs": ["Brooklyn"],
}
REQUEST = {
    "number": "NYC311-2026-1123-0001",
    "title_key": "pothole",
    "place_label": "123 Broadway, Brooklyn",
    "resolution": None,
}
DAY_MS = 86_400_000


@lru_cache
def city_and_reader() -> tuple[City, Reader]:
    """Return New York and its reader."""
    city = load_city("nyc")
    return city, Reader(city)


def given_at(now: datetime) -> Given:
    """Return the surroundings at a time."""
    city, reader = city_and_reader()
    return Given(city, reader, now)


async def ask(look: Look) -> Mapping[str, Any] | None:
    """Answer look-ups like adapters whose map knows one address."""
    return EXACT if look.name == "geocode" else None


def replay(text: str) -> str:
    """Return a transcript as it plays today."""
    player = Player(given_at, START, "en")
    return write_transcript(player.play(parse_transcript(text)))


def line(turn: int, speaker: str, text: str, at: int) -> Line:
    """Return one kept line."""
    return Line("c1", turn, speaker, text, at)


def answer_of(text: str, mark: str) -> str:
    """Return the replies of a transcript's last turn."""
    last = text[text.rindex(f"\n{mark}") :]
    return "\n".join(part[2:] for part in last.splitlines() if part.startswith("< "))


def told(*events: str) -> str:
    """Return what CityHelper says after the last of some transcript lines."""
    script = "# t\ncity: nyc   channel: sms   language: en\n\n" + "\n\n".join(events) + "\n"
    return answer_of(replay(script), events[-1][0])


def kept_conversation() -> list[Line]:
    """Return a report, its number and its first news, as the storage keeps them."""
    report = "> huge pothole in front of 123 Broadway, Brooklyn"
    filed = (
        f"* filed number={REQUEST['number']} title_key=pothole "
        f'place_label="{REQUEST["place_label"]}"'
    )
    news = f'* status_changed number={REQUEST["number"]} title_key=pothole status="In Progress"'
    return [
        line(1, "resident", report[2:], 1_000_000),
        line(1, "city", "whatever was asked", 1_000_000),
        line(2, "resident", "1", 1_020_000),
        line(3, "city", told(report, "> 1", filed), 1_025_000),
        line(4, "city", told(report, "> 1", filed, "~ 2 days pass", news), 2 * DAY_MS + 1_060_000),
    ]


async def test_recorded_conversation_plays_as_it_is_written() -> None:
    """Texts, look-ups, deeds, the number and the news days later all stand in the file."""
    made = await record(kept_conversation(), given_at, ask, HEADER, [REQUEST])
    text = write_transcript(made)
    assert await asyncio.to_thread(replay, text) == text
    for part in (
        "> huge pothole in front of 123 Broadway, Brooklyn",
        '-> exact "123 Broadway, Brooklyn"',
        "! submit type_key=pothole",
        "* filed number=NYC311-2026-1123-0001",
        "~ 2 days pass",
        'status="In Progress"',
    ):
        assert part in text, text
    assert "left out" not in text


async def test_text_nobody_can_explain_is_left_out_and_said_so() -> None:
    """A text that came by itself and fits nothing that may have happened is not made up."""
    lines = [
        line(1, "resident", "hello", 1_000_000),
        line(1, "city", "Hello.", 1_000_000),
        line(2, "city", "Something by a person.", 1_005_000),
    ]
    made = await record(lines, given_at, ask, HEADER, [])
    assert made.title[1] == "1 texts that came by themselves are left out."


async def test_two_texts_in_one_turn_and_a_photo_alone() -> None:
    """Texts that shared a turn share it in the file; an empty one was a photo."""
    lines = [
        line(1, "resident", "pothole", 1_000_000),
        line(1, "resident", "at 123 broadway brooklyn", 1_000_100),
        line(2, "resident", "", 1_010_000),
    ]
    text = write_transcript(await record(lines, given_at, ask, HEADER))
    assert "> pothole\n>+ at 123 broadway brooklyn\n" in text
    assert "> [photo]" in text or "> (empty) [photo]" in text
    assert await asyncio.to_thread(replay, text) == text


@pytest.mark.parametrize(
    "answer",
    [
        None,
        EXACT,
        {**EXACT, "status": "ambiguous", "places": [PLACE, {**PLACE, "label": "123 B, Queens"}]},
        {"status": "rejected", "places": [], "suggestions": ["BROADWAY TER"], "boroughs": []},
        {**EXACT, "suggestions": ["BROADWAY"]},
        {"requests": []},
    ],
)
def test_answers_are_written_so_that_they_can_be_read_back(answer: Any) -> None:
    """The short form of a look-up's answer reads back to the same kind of answer."""
    back = read_answer(shorten(answer))
    if answer is None:
        assert back is None
        return
    assert back.get("status") == answer.get("status")
    assert [place["label"] for place in back.get("places", [])] == [
        place["label"] for place in answer.get("places", [])
    ]
    assert back.get("suggestions", []) == answer.get("suggestions", [])
