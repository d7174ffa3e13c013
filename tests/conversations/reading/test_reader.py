"""A message read whole: what its parts may say together, and its JSON lines."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.reading.jsonl import read_lines, segment_lines
from conversations.reading.reader import Reader
from conversations.reading.result import Intent
from integrations.cities import load_city
from tests.cost import count_calls

READER = Reader(load_city("nyc"))
INTENTS = tomllib.loads((Path(__file__).parent / "signals/intents.toml").read_text("utf-8"))
FIELDS = ["id", "intent", "language", "emergency", "opt_out", "request_types", "address"]


@pytest.mark.parametrize(
    ("text", "intent"), [(text, intent) for intent, texts in INTENTS.items() for text in texts]
)
def test_intents(text: str, intent: str) -> None:
    """Reports, status, benefits, help, a person and small talk find their way."""
    assert READER.read(text).intent == intent


def test_one_message_may_hold_everything() -> None:
    """The first message of the README says what and where at once."""
    reading = READER.read("huge pothole in front of 123 broadway brooklyn")
    assert reading.intent is Intent.REPORT
    assert reading.request_types[0].key == "pothole"
    assert reading.address is not None
    assert (reading.address.house, reading.address.borough) == ("123", "Brooklyn")


def test_an_emergency_outweighs_everything() -> None:
    """Who wants no texts and is in danger gets the danger seen; both are told."""
    reading = READER.read("there is a fire in my building, stop texting me")
    assert (reading.intent, reading.opt_out) == (Intent.EMERGENCY, "yes")


def test_a_stop_sign_is_a_report() -> None:
    """The word stop alone does not opt out."""
    reading = READER.read("stop sign missing at 5th and Main")
    assert (reading.intent, reading.opt_out) == (Intent.REPORT, "no")


@pytest.mark.parametrize("text", ["2", "yes", "no thanks", "skip", "STOP", "NYC311-2026-1123-0042"])
def test_bare_answers_are_no_place_and_no_report(text: str) -> None:
    """A choice, a yes, a command and a tracking number hold neither place nor type."""
    reading = READER.read(text)
    assert reading.address is None
    assert reading.request_types == ()


@pytest.mark.parametrize(
    ("text", "borough"),
    [("no, queens", "Queens"), ("si, brooklyn", "Brooklyn"), ("no astoria", "Queens")],
)
def test_a_yes_or_no_with_a_borough_says_where(text: str, borough: str) -> None:
    """Two words may answer and name a part of the city; they are still no report."""
    reading = READER.read(text)
    assert reading.address is not None
    assert (reading.address.borough, reading.request_types) == (borough, ())


def test_a_town_outside_is_no_part_of_what_read_prints() -> None:
    """The flows' own judgement of a place does not show in the JSON lines."""
    reading = READER.read("pothole in jersey city nj")
    assert reading.address is not None
    assert reading.address.elsewhere
    assert set(reading.to_json()["address"]) == {
        "text", "house", "street", "cross_streets", "borough", "zip", "place",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "   ", "1" * 1600, "😀" * 400, "שלום עולם", "\x00", "\ud83d"])
def test_odd_texts_are_read_quietly(text: str) -> None:
    """Nothing, digits, emoji, right to left and half characters are no emergency and no stop."""
    reading = READER.read(text)
    assert (reading.emergency, reading.opt_out) == (None, "no")


def test_the_given_language_is_kept_when_the_text_does_not_tell() -> None:
    """A bare number stays in the language the conversation is held in."""
    assert READER.read("2", "es").language == "es"


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_text_is_read_the_same_twice(text: str) -> None:
    """Reading never raises and depends on nothing but the text."""
    assert READER.read(text) == READER.read(text)


@pytest.mark.parametrize("word", ["stop ", "fire ", "help me ", "a ", "5 st ", "remove my number "])
def test_hostile_length_costs_little(word: str) -> None:
    """1,600 characters of one thing cost some dozen ordinary texts, not thousands."""
    text = (word * 1600)[:1600]
    READER.read("warm up")
    assert count_calls(lambda: READER.read(text)) < 100_000


def lines_read(*lines: str) -> Iterator[dict[str, object]]:
    """Return the parsed answers to some lines."""

    def reader_for(slug: str) -> Reader:
        if slug != "nyc":
            raise ValueError("no such city")
        return READER

    return (json.loads(line) for line in read_lines(lines, reader_for))


def test_a_line_is_answered_with_every_field() -> None:
    """The JSON line has the fields the README names, in order."""
    (found,) = lines_read('{"id": "a", "text": "pothole at 123 Broadway", "city": "nyc"}')
    assert list(found) == [*FIELDS, "yes_no", "number"]
    assert found["id"] == "a"


@pytest.mark.parametrize(
    ("line", "identity", "words"),
    [
        ('{"id": 2', None, "not JSON"),
        ("[]", None, "not a JSON object"),
        ('{"id": 3, "text": 5, "city": "nyc"}', 3, "text is not text"),
        ('{"id": 4, "text": "x", "city": "atlantis"}', 4, "no such city"),
        ('{"id": 5, "text": "x", "city": "../../etc"}', 5, "is not a slug"),
        ('{"id": 6, "city": "nyc"}', 6, "text is missing"),
        ('{"id": 7, "text": "x"}', 7, "city is missing"),
        ('{"id": 8, "text": "x", "city": "nyc", "language": 1}', 8, "language is not"),
        ('{"id": NaN, "text": "x", "city": "nyc"}', None, "NaN"),
        ("[" * 100_000, None, "not JSON"),
        ('{"id": "' + "x" * 300_000, None, "longer than"),
    ],
)
def test_a_bad_line_is_an_answer_not_an_exception(line: str, identity: object, words: str) -> None:
    """A line that cannot be read says why, with its id where that could be read."""
    (found,) = lines_read(line)
    assert found["id"] == identity
    assert words in str(found["error"])


def test_blank_lines_and_a_byte_order_mark_are_passed_over() -> None:
    """A file saved by a spreadsheet reads like any other."""
    found = list(lines_read("\ufeff" + '{"id": 1, "text": "hi", "city": "nyc"}\r\n', "", "\n"))
    assert [row["id"] for row in found] == [1]


def test_half_a_character_is_written_as_a_question_mark() -> None:
    """A lone surrogate in a text or an id never breaks the output."""
    (found,) = lines_read('{"id": "\\ud83d", "text": "\\ud83d hi", "city": "nyc"}')
    assert found["id"] == "?"


def test_segments_of_lines() -> None:
    """`segments` counts each line, and says what is wrong with one it cannot count."""
    lines = ['{"id": 1, "text": "á"}', '{"id": 2}', '{"id": 3, "text": "“a”", "smart": true}']
    found = [json.loads(line) for line in segment_lines(lines)]
    assert found[0] == {"id": 1, "encoding": "UCS-2", "segments": 1, "characters": 1}
    assert "text is missing" in found[1]["error"]
    assert found[2]["encoding"] == "GSM-7"
