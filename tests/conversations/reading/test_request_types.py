"""What a message is about: the lexicon, its cues, the words around them, and the guesses."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.reading.request_types import TypeReader
from conversations.reading.request_types.lexicon import families_of, load_languages, load_weights
from conversations.reading.request_types.street_names import hide_names
from conversations.reading.result import TypeGuess
from conversations.reading.text import fold, tokens
from integrations.cities import load_city

CITY = load_city("nyc")
READER = TypeReader(CITY)
OWN = [
    json.loads(line)
    for line in (Path(__file__).parent / "request_texts.jsonl").read_text("utf-8").splitlines()
]


def read(text: str, language: str = "en") -> tuple[TypeGuess, ...]:
    """Return the guesses for a text."""
    folded = fold(text)
    return READER.read(folded, tokens(folded), language)


def is_right(row: dict[str, object], guesses: tuple[TypeGuess, ...]) -> bool:
    """Say whether any guess is among the right types of a row."""
    wanted = {str(name).casefold() for name in row["nyc_types"]}  # type: ignore[attr-defined]
    return any(guess.complaint_type.casefold() in wanted for guess in guesses)


@pytest.mark.parametrize("language", ["en", "es"])
def test_own_texts_are_understood(language: str) -> None:
    """Nearly all of our own texts are right at the first guess, and all within three."""
    rows = [row for row in OWN if row["lang"] == language]
    first = sum(is_right(row, read(row["text"], language)[:1]) for row in rows)
    three = sum(is_right(row, read(row["text"], language)) for row in rows)
    assert first / len(rows) >= 0.95
    assert three / len(rows) >= 0.99


def test_spanish_is_read_though_the_conversation_is_english() -> None:
    """A Spanish message in an English conversation is understood all the same."""
    rows = [row for row in OWN if row["lang"] == "es"]
    assert sum(is_right(row, read(row["text"], "en")) for row in rows) / len(rows) >= 0.95


@pytest.mark.parametrize(
    ("text", "complaint_type", "descriptor"),
    [
        ("huge pothole in front of 123 Broadway, Brooklyn", "Street Condition", "Pothole"),
        ("the street is caving in", "Street Condition", "Cave-in"),
        ("stop sign missing at 5th and Main", "Street Sign - Missing", "Stop"),
        ("fire hydrant leaks", "Water System", "Hydrant Leaking (WC1)"),
        ("car parked at the hydrant", "Illegal Parking", "Blocked Hydrant"),
        ("upstairs neighbors tv is so loud", "Noise - Residential", "Loud Television"),
        ("dog barking all night", "Noise", "Noise, Barking Dog (NR5)"),
        ("dead dog on the corner", "Dead Animal", "Dog"),
        ("no heat in the whole building", "HEAT/HOT WATER", "ENTIRE BUILDING"),
        ("street light flickers on and off", "Street Light Condition", "Street Light Cycling"),
        ("tree fell on my car", "Damaged Tree", "Entire Tree Has Fallen Down"),
    ],
)
def test_the_descriptor_fits_the_words(text: str, complaint_type: str, descriptor: str) -> None:
    """The finer name of the city follows what was said, not only the type."""
    best = read(text)[0]
    assert (best.complaint_type, best.descriptor) == (complaint_type, descriptor)
    assert best.score >= 0.6


@pytest.mark.parametrize(
    "text", ["", "hello", "yes", "2", "thank you", "123 Broadway", "5th and Main", "😀", "ok", "si"]
)
def test_no_complaint_gives_nothing_sure(text: str) -> None:
    """Greetings, answers and bare addresses are not taken for a report."""
    assert all(guess.score < 0.3 for guess in read(text))


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("pothole at 12 Water St", "Water System"),
        ("graffiti at 90 Church Ave", "Noise - House of Worship"),
        ("rats at 4 Tree Lane", "Damaged Tree"),
    ],
)
def test_a_street_name_is_not_a_complaint(text: str, never: str) -> None:
    """The name of a street never decides what a report is about."""
    assert read(text)[0].complaint_type != never


def test_only_names_of_streets_are_hidden() -> None:
    """`dirty street` says something; `at water street` is an address."""
    assert hide_names(["the", "dirty", "street"]) == ["the", "dirty", "street"]
    assert hide_names(["leak", "at", "water", "street"]) == ["leak", "at", "_", "street"]


@pytest.mark.parametrize("text", ["potholle on my blockk", "gaffiti grafitti", "cockroachs in apt"])
def test_misspelt_words_are_understood(text: str) -> None:
    """Plain slips of the pen do not hide the complaint."""
    assert read(text)[0].score >= 0.6


def test_guesses_are_ordered_and_different() -> None:
    """At most three guesses, best first, each another complaint type, scores from 0 to 1."""
    for row in OWN:
        guesses = read(row["text"], row["lang"])
        scores = [guess.score for guess in guesses]
        assert len(guesses) <= 3
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score <= 1 for score in scores)
        assert sum(scores) <= 1.000001
        assert len({guess.complaint_type.casefold() for guess in guesses}) == len(guesses)
        assert all(guess.key in CITY.request_types for guess in guesses)


def test_reading_does_not_depend_on_what_was_read_before() -> None:
    """A second reader in another order gives the same guesses to the last digit."""
    other = TypeReader(CITY)
    shuffled = list(OWN)
    random.Random(4).shuffle(shuffled)
    for row in shuffled:
        folded = fold(row["text"])
        again = other.read(folded, tokens(folded), row["lang"])
        assert again == read(row["text"], row["lang"])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is typed, a tuple of guesses comes back."""
    assert isinstance(read(text), tuple)


def test_every_service_has_a_concept_that_the_lexicon_knows() -> None:
    """What can be reported can be recognised in English and in Spanish."""
    known = {language.code: set(language.concepts) for language in load_languages()}
    assert set(CITY.concepts) <= known["en"]
    missing_in_spanish = set(CITY.concepts) - known["es"]
    assert len(missing_in_spanish) <= 8


def test_every_concept_belongs_to_a_family() -> None:
    """No concept stands alone; the learned weights speak of families only."""
    families = set(families_of(load_languages()).values())
    weights = load_weights("en")
    assert {family for pairs in weights.terms.values() for family, _ in pairs} <= families


def test_the_learned_table_holds_plain_words_only() -> None:
    """No number, no name, no address can hide in the learned weights."""
    for term in load_weights("en").terms:
        assert all(word.isalpha() and word == word.lower() for word in term.split())
        assert len(term.split()) <= 2
