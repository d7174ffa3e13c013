"""Answers that name a borough or change an address that is known."""

from __future__ import annotations

import pytest

from conversations.reading.where.corrections import read_borough, read_correction, reader_of
from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText

KNOWN = AddressText(
    text="123 Bedford Ave, Brooklyn 11211",
    house="123",
    street="Bedford Ave",
    borough="Brooklyn",
    zip="11211",
)


@pytest.mark.parametrize(
    "text",
    ["no, 125 not 123", "125", "no 125", "not 123, 125", "125 instead of 123", "es 125 no 123",
     "no, the number is 125", "its 125"],
)  # fmt: skip
def test_new_house_number(city: City, text: str) -> None:
    """Another number keeps everything else."""
    new = read_correction(text, KNOWN, city)
    assert new is not None
    assert new == AddressText(
        text="125 Bedford Ave, Brooklyn 11211",
        house="125",
        street="Bedford Ave",
        borough="Brooklyn",
        zip="11211",
    )


@pytest.mark.parametrize(
    ("text", "borough"),
    [("its Queens not Brooklyn", "Queens"), ("its in the bronx", "Bronx"),
     ("es en Queens, no en Brooklyn", "Queens")],
)  # fmt: skip
def test_new_borough(city: City, text: str, borough: str) -> None:
    """Another borough keeps the street and drops the postal code."""
    new = read_correction(text, KNOWN, city)
    assert new is not None
    assert (new.house, new.street, new.borough, new.zip) == ("123", "Bedford Ave", borough, None)


@pytest.mark.parametrize(
    ("text", "street"),
    [("change it to 5th avenue", "5th avenue"), ("its on Berry St", "Berry St"),
     ("no its Grand st not Bedford", "Grand st"), ("cambialo a la quinta avenida", "5 Avenue"),
     ("change it to Berry", "Berry")],
)  # fmt: skip
def test_new_street(city: City, text: str, street: str) -> None:
    """Another street keeps the house number, and the borough where it may lie there."""
    new = read_correction(text, KNOWN, city)
    assert new is not None
    assert (new.house, new.street, new.borough) == ("123", street, "Brooklyn")


def test_street_of_another_borough_drops_the_borough(city: City) -> None:
    """A street that is not in the known borough leaves the borough to be asked."""
    new = read_correction("40 Grand Concourse", KNOWN, city)
    assert new is not None
    assert (new.house, new.street, new.borough) == ("40", "Grand Concourse", None)


def test_postal_code_is_no_house_number(city: City) -> None:
    """Five digits that are a postal code of the city change the postal code."""
    new = read_correction("11215", KNOWN, city)
    assert new is not None
    assert (new.house, new.zip) == ("123", "11215")


@pytest.mark.parametrize("text", ["yes", "no", "the second one", "thats not right", "", "123"])
def test_no_correction(city: City, text: str) -> None:
    """A message that changes nothing is no correction."""
    assert read_correction(text, KNOWN, city) is None


@pytest.mark.parametrize(
    ("text", "borough"),
    [("bk", "Brooklyn"), ("its in queens", "Queens"), ("si", "Staten Island"),
     ("brookyln", "Brooklyn"), ("manhatten", "Manhattan"), ("el bronx", "Bronx"),
     ("not Queens, Brooklyn", "Brooklyn"), ("11211", "Brooklyn"), ("harlem", "Manhattan"),
     ("si claro", None), ("no", None), ("3", None), ("Queens Blvd", None), ("", None)],
)  # fmt: skip
def test_read_borough(city: City, text: str, borough: str | None) -> None:
    """A borough is read by name, alias, slip of the finger, postal code or neighbourhood."""
    assert read_borough(text, city) == borough


def test_one_reader_a_city(city: City) -> None:
    """The index of a city is built once."""
    assert reader_of(city) is reader_of(city)
