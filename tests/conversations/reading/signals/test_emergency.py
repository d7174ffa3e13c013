"""Danger now, danger of self-harm, and what only sounds like it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.reading.signals.emergency import read_emergency
from tests.cost import count_calls

CASES = tomllib.loads((Path(__file__).parent / "emergencies.toml").read_text("utf-8"))


@pytest.mark.parametrize("text", CASES["emergency"])
def test_danger_now_is_seen(text: str) -> None:
    """Fire, gas, violence, people hurt or trapped get 911 advice."""
    assert read_emergency(text) == "emergency"


@pytest.mark.parametrize("text", CASES["self_harm"])
def test_danger_of_self_harm_is_seen(text: str) -> None:
    """Wanting to die is seen, letters disguised or not, for oneself and for somebody near."""
    assert read_emergency(text) == "self_harm"


@pytest.mark.parametrize("text", CASES["neither"])
def test_a_report_does_not_panic(text: str) -> None:
    """Fire hydrants, dead trees, old accidents, worries and sayings stay reports."""
    assert read_emergency(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "suіcide",  # Cyrillic i
        "i want to k\u200bill myself",
        "i want to kill\u200c \u200dmyself",
        "i want to kιll myself",  # Greek iota
        "ｋｉｌｌ myself now",
        "kìll mysélf",
        "I want to kill myself and end my life laughing",
        "I   want   to   die",
    ],
)
def test_disguised_letters_are_read_as_they_look(text: str) -> None:
    """Look-alikes, invisible characters and full width do not hide a cry for help."""
    assert read_emergency(text) == "self_harm"


@pytest.mark.parametrize(
    "text",
    [
        "someone was shot here last year",
        "My character wants to end my life in the story",
        "How to help a friend with suicidal thoughts",
        "What are the warning signs of suicide",
    ],
)
def test_stories_questions_and_the_past_are_told_apart(text: str) -> None:
    """A story, a question about helping and what is long over need no advice line."""
    assert read_emergency(text) is None


@pytest.mark.parametrize(
    "word",
    [
        "fire ",
        "a ",
        "someone is in the ",
        "is being ",
        "k i l l ",
        "a1",
        "will the ",
        "my ",
        "<",
        "ї",
        "he hit me with a ",
        "fiere ",
    ],
)
def test_hostile_repetition_costs_little(word: str) -> None:
    """1,600 characters of one thing cost a bounded number of steps, whatever the thing."""
    text = (word * 1600)[:1600]
    read_emergency("warm up: a fire")
    assert count_calls(lambda: read_emergency(text)) < 80_000


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("i smelled gas last week and they fixed it", None),
        ("i smelled gas last week, they fixed it but i smell it again", "emergency"),
        ("the fire is out now, only smoke damage", None),
        ("the building is on fire but everyone is ok", "emergency"),
        ("se reventó el tubo de gas", "emergency"),
    ],
)
def test_what_was_seen_to_is_over_unless_it_came_back(text: str, danger: str | None) -> None:
    """A leak of last week that was mended calls nobody; one that is back does."""
    assert read_emergency(text) == danger


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gets_an_answer(text: str) -> None:
    """No text raises, and the answer is one of three."""
    assert read_emergency(text) in (None, "emergency", "self_harm")
