"""Golden transcripts: every conversation in this folder plays exactly as it is written.

To rewrite them after a change: `pytest tests/transcripts --update`; then read the diff like prose.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.registry import discover_channels
from conversations.engine.given import Given
from conversations.engine.playing import Player
from conversations.engine.transcript import Transcript, parse_transcript, write_transcript
from conversations.reading.reader import Reader
from conversations.vocabulary.city import City
from integrations.cities import load_city

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.txt"))
RENDERS = discover_channels()
START = datetime(2025, 4, 23, 15, 0, tzinfo=UTC)
ANSWERS = {path.name: json.loads(path.read_text()) for path in HERE.glob("answers/*.json")}


@lru_cache
def _city_and_reader(slug: str) -> tuple[City, Reader]:
    city = load_city(slug)
    return city, Reader(city)


def play(transcript: Transcript) -> Transcript:
    """Play a transcript in its city as its header says."""
    header = transcript.header
    city, reader = _city_and_reader(header["city"])

    zone = ZoneInfo(city.timezone)

    def given_at(now: datetime) -> Given:
        return Given(
            city,
            reader,
            now,
            channel=header["channel"],
            office_open=header.get("office") != "closed",
            office_opens=city.office.next_opening(now.astimezone(zone)),
            known_resident=header.get("known") == "yes",
            opted_out=header.get("opted_out") == "yes",
        )

    render = RENDERS[header["channel"]]
    return Player(given_at, START, header["language"], ANSWERS, render=render).play(transcript)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_plays_as_written(path: Path, update: bool) -> None:
    """A transcript's answers are today's answers, line by line."""
    written = path.read_text(encoding="utf-8")
    today = write_transcript(play(parse_transcript(written)))
    if update:
        path.write_text(today, encoding="utf-8")
        return
    assert today == written


def test_there_are_enough() -> None:
    """At least fifty transcripts, in both languages."""
    languages = [parse_transcript(path.read_text()).header["language"] for path in FILES]
    assert len(FILES) >= 50
    assert {"en", "es"} <= set(languages)


def test_form_survives_reading_and_writing() -> None:
    """Every transcript file is written back exactly as it was read."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert write_transcript(parse_transcript(text)) == text, path.name
