"""Misspelt streets: recognised as streets, put right only where the word is no name."""

from __future__ import annotations

import pytest

from conversations.reading.where.address import AddressReader


@pytest.mark.parametrize(
    ("text", "house", "street"),
    [
        ("graffiti on fith avenue", None, "fifth avenue"),
        ("pothole 123 brodway", "123", "broadway"),
        ("123 BRODWAY", "123", "BROADWAY"),
        ("45 Grand Concorse", "45", "Grand Concourse"),
        ("5th avanue", None, "5th avenue"),
        ("queens boulavard", None, "queens boulevard"),
        ("1200 flatbsh", "1200", "flatbsh"),
        ("pothole on flatbsh", None, "flatbsh"),
        ("40 Hallock St", "40", "Hallock St"),
    ],
)
def test_misspelt_streets(reader: AddressReader, text: str, house: str | None, street: str) -> None:
    """A misspelt type or ordinal is put right; a name is found and left to the geocoder."""
    found = reader.read(text)
    assert found is not None
    assert (found.house, found.street) == (house, street)


@pytest.mark.parametrize("text", ["asphalt and stones", "letting it be", "the brewery is loud"])
def test_ordinary_words_are_no_misspelt_streets(reader: AddressReader, text: str) -> None:
    """A word that looks like a street of the city is none without anything that says so."""
    assert reader.read(text) is None


def test_a_crossing_of_misspelt_streets(reader: AddressReader) -> None:
    """A misspelt street is a corner's street too."""
    found = reader.read("brodway and flatbsh")
    assert found is not None
    assert (found.street, found.cross_streets) == ("broadway", ("flatbsh",))
