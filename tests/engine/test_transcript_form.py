"""The transcript form: every kind of line is read and written, and a malformed one is named."""

from __future__ import annotations

import pytest

from conversations.engine import transcript as form
from conversations.engine.playing import read_answer
from conversations.vocabulary.effects import Do, Look
from conversations.vocabulary.events import Happened, Heard

TEXT = """\
# A title.
city: nyc   channel: sms   language: en   office: closed

> pothole
>+ at the corner
? geocode "the corner" -> exact "A & B, Brooklyn"
! submit place="A & B, Brooklyn"
< Thank you.

~ 1 day passes

* filed number=1
< Filed.
"""


def test_reads_back_what_it_writes() -> None:
    """A file with every kind of line comes out as it went in."""
    read = form.parse_transcript(TEXT)
    assert read.header["office"] == "closed"
    assert [line.mark for line in read.lines] == [">", ">+", "?", "!", "<", "~", "*", "<"]
    assert form.write_transcript(read) == TEXT


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("city: nyc\n\n< hello", "line 3"),
        ("city: nyc\n\n> hi\nhello", "line 4"),
        ("> hi\n", "no city above the first line"),
    ],
)
def test_a_malformed_line_is_named(text: str, complaint: str) -> None:
    """The error says which line and why."""
    with pytest.raises(form.TranscriptError, match=complaint):
        form.parse_transcript(text)


@pytest.mark.parametrize(
    "heard",
    [Heard("hello"), Heard(""), Heard("", ("photo1",)), Heard("a\nb", ("photo1", "photo2"))],
)
def test_messages_survive(heard: Heard) -> None:
    """Text, line breaks and photos of a message are written and read back."""
    assert form.read_heard(form.heard_line(heard).text) == heard


def test_happenings_survive() -> None:
    """What a happening carries is written and read back."""
    event = Happened("filed", {"number": "NYC311-2025", "place_label": 'A "B", C', "count": 2})
    assert form.read_happened(form.happened_line(event).text) == event
    assert form.read_happened("filed number=abc").data == {"number": "abc"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second passes"),
        (1800, "30 minutes pass"),
        (86400, "1 day passes"),
        (90, "90 seconds pass"),
    ],
)
def test_time_survives(seconds: int, text: str) -> None:
    """Time is written in its largest whole unit and read back."""
    assert form.passed_line(seconds).text == text
    assert form.read_passed(text) == seconds


def test_time_without_a_unit_is_refused() -> None:
    """A `~` line must say how long."""
    with pytest.raises(form.TranscriptError, match="how long"):
        form.read_passed("a while")


def test_deeds_and_looks_are_told_shortly() -> None:
    """A place is told by its label, empty values not at all."""
    do = Do("submit", {"place": {"label": "A, B"}, "name": None, "photos": [], "updates": True})
    assert form.done_line(do).text == 'submit place="A, B" updates=true'
    look = Look("k", "geocode", {"address": {"text": "1 A St"}, "borough": "Queens"})
    assert form.looked_line(look, "unavailable").text == 'geocode "1 A St, Queens" -> unavailable'
    assert form.looked_line(Look("k", "my_requests", {}), "x.json").text == "my_requests -> x.json"
    assert form.said_lines("") == (form.Line("<", form.SILENCE),)


def test_answers_in_every_form() -> None:
    """Unavailable, a file, JSON and the short form; anything else is an error."""
    assert read_answer("unavailable") is None
    assert read_answer("a.json", {"a.json": {"x": 1}}) == {"x": 1}
    assert read_answer('{"x": 2}') == {"x": 2}
    assert read_answer('rejected "A"')["suggestions"] == ["A"]
    assert read_answer('area "Bushwick, Brooklyn"')["places"][0]["kind"] == "area"
    with pytest.raises(form.TranscriptError, match="no such answer"):
        read_answer("perhaps")
    with pytest.raises(form.TranscriptError, match="no answer"):
        form.read_looked("geocode x")
