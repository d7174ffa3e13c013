"""Anything may be in a message: nothing is raised, and nothing takes long."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.reading.where.address import AddressReader
from conversations.reading.where.corrections import read_borough, read_correction
from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText
from tests.cost import count_calls

LONGEST = 1600
MOST_CALLS = 60_000
"""An ordinary address costs about two thousand."""
_PARTS = """123 36-23 5th st ave & @ and between corner of Broadway Bedford brooklyn si the la calle
y 42 11211 1/2 A N near park , . new york ny Queens Blvd block # apt no not St. 300 e ¹"""
WORDS = st.sampled_from([*_PARTS.split(), "\n"])


@pytest.mark.parametrize("unit", ["1", " ", "a", "-", "1-", "&", "/", "'", "é", "\n", "٣"])
def test_one_character_over_and_over(reader: AddressReader, unit: str) -> None:
    """The longest message of one character costs a bounded number of steps."""
    text = (unit * LONGEST)[:LONGEST]
    reader.read(text)
    assert count_calls(lambda: reader.read(text)) < MOST_CALLS


@pytest.mark.parametrize(
    "unit", ["1 ", "a ", "st ", "12 a ", "w 4 ", "Brooklyn ", "5th and ", "1/2 "]
)
def test_time_grows_with_length_only(reader: AddressReader, unit: str) -> None:
    """Four times the text costs about four times the work, whatever words are repeated."""
    short, long = (unit * LONGEST)[: LONGEST // 4], (unit * LONGEST)[:LONGEST]
    few = count_calls(lambda: reader.read(short))
    many = count_calls(lambda: reader.read(long))
    assert many < 6 * few + 500


def test_only_the_first_characters_count(reader: AddressReader) -> None:
    """An address behind the longest length of a message is not looked for."""
    assert reader.read("x" * LONGEST + " 123 Broadway") is None


@given(st.text(max_size=200))
@settings(max_examples=150)
def test_any_text(text: str) -> None:
    """Arbitrary characters never raise, and the span found is part of the text."""
    _check(text)


@given(st.lists(WORDS, max_size=14))
@settings(max_examples=300)
def test_any_order_of_address_words(parts: list[str]) -> None:
    """Words of addresses in any order never raise, and the span found is part of the text."""
    _check(" ".join(parts))


def _check(text: str) -> None:
    found = _READER.read(text)
    if found is not None:
        assert found.text and found.text in text
        assert found.street or found.place or found.borough or found.zip or found.cross_streets
    known = AddressText(text="1 Main St", house="1", street="Main St")
    read_correction(text, known, _CITY)
    read_borough(text, _CITY)


_CITY = City("x", "X", "X", "UTC", "US", ("en",), "311", "x", {}, (), (0, 0, 1, 1), {}, {}, (), ())
_READER = AddressReader(_CITY)
