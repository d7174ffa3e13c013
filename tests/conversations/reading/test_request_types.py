"""What a message is about: the lexicon, its cues, the words around them, and the guesses."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.data import read_toml
from conversations.reading.request_types import TypeReader
from conversations.reading.request_types.cues import Cue
from conversations.reading.request_types.hints import Hints
from conversations.reading.request_types.kin import FILE
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
    "text",
    ["thank you so much", "yep thats right", "no the other one", "i want to apply for food stamps",
     "good morning", "my name is maria", "what can i do here"],
)  # fmt: skip
def test_small_talk_has_no_type(text: str) -> None:
    """What is no complaint gets an empty list, not three faint guesses."""
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("crater on 4th ave that blew out my front tire", "Street Condition"),
        ("where did our school crossing sign go", "Street Sign - Missing"),
        ("tractor trailer parks overnight on our block", "Illegal Parking"),
        ("my car is boxed in by a double parker", "Illegal Parking"),
        ("poop water coming up my basement drain", "Sewer"),
        ("pitbull running loose in the park", "Unleashed Dog"),
        ("landlord is killing us with this cold", "HEAT/HOT WATER"),
        ("drove right past my cans", "Missed Collection"),
        ("puppy chained on a short rope in the snow", "Animal-Abuse"),
        ("contractor took my deposit and vanished", "Consumer Complaint"),
        ("muni machine wont take cards and i got a ticket", "Broken Parking Meter"),
        ("stairs in the hallway are missing steps", "FLOORING/STAIRS"),
        ("kids opened the pump", "Water System"),
        ("grilling where its not allowed in the park", "Violation of Park Rules"),
    ],
)
def test_a_stray_word_does_not_win(text: str, expected: str) -> None:
    """A tire, a ticket, snow, a park or a landlord in passing does not decide what it is about."""
    assert read(text)[0].complaint_type == expected


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("old mattress on the curb", {"Illegal Dumping", "Request Large Bulky Item Collection"}),
        ("no heat in my apartment", {"Boilers", "PLUMBING"}),
        ("elevator broken", {"GENERAL"}),
    ],
)
def test_further_guesses_are_kin(text: str, beside: set[str]) -> None:
    """Three different guesses, the further ones what a clerk would also think of, and faint."""
    guesses = read(text)
    assert len(guesses) == 3
    assert len({guess.complaint_type for guess in guesses}) == 3
    assert beside & {guess.complaint_type for guess in guesses[1:]}
    assert all(guess.score > 0 for guess in guesses)


def test_kin_are_concepts_of_the_lexicon() -> None:
    """Every name in the table of kin is a concept or a family that the lexicon knows."""
    families = families_of(load_languages())
    table = read_toml(FILE)
    assert set(table["families"]) == set(families.values())
    named = [*table["concepts"], *(name for kin in table["concepts"].values() for name in kin)]
    named += [name for kin in table["families"].values() for name in kin]
    assert set(named) <= set(families)


def test_one_word_of_a_cue_is_a_hint() -> None:
    """A word that stands only in cues of one concept suggests it; a class of many does not."""
    cues = [Cue(0, 5.0, (), frozenset(words)) for words in ({"boom", "box"}, {"boom", "night"})]
    cues += [Cue(n, 5.0, (), frozenset({"night"})) for n in range(1, 9)]
    hints = Hints(cues, 10)
    assert hints.read(["boom"])[0] > 0.5
    assert hints.read(["night"]) == {}
    assert hints.read([]) == {}


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


@settings(max_examples=150)
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
