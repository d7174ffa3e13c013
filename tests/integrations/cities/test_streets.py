"""Street names: one comparable form, one readable form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.cities.streetmap import street_map
from integrations.streets import canonical_street, readable_street, same_street

PAIRS = [
    ("w 42nd st", "WEST 42 STREET", "West 42nd Street"),
    ("Fifth Ave.", "5 AVENUE", "5th Avenue"),
    ("St. Marks Pl", "ST MARKS PLACE", "St Marks Place"),
    ("E Broadway", "EAST BROADWAY", "East Broadway"),
    ("ave p", "AVENUE P", "Avenue P"),
    ("Central Park W", "CENTRAL PARK WEST", "Central Park West"),
    ("Avenue of the Americas", "AVENUE OF THE AMERICAS", "Avenue of the Americas"),
    ("Pelham Pkwy S", "PELHAM PARKWAY SOUTH", "Pelham Parkway South"),
    ("McDonald Ave", "MCDONALD AVENUE", "McDonald Avenue"),
    ("WEST  100 STREET", "WEST 100 STREET", "West 100th Street"),
    ("e 111 st", "EAST 111 STREET", "East 111th Street"),
    ("23rd rd", "23 ROAD", "23rd Road"),
    ("", "", ""),
]


@pytest.mark.parametrize(("typed", "canonical", "readable"), PAIRS)
def test_forms(typed: str, canonical: str, readable: str) -> None:
    """What people type becomes what Geosupport prints, and what people read."""
    assert canonical_street(typed) == canonical
    assert readable_street(canonical) == readable


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_the_comparable_form_is_stable(text: str) -> None:
    """Any text has a comparable form, and that form's own is itself."""
    once = canonical_street(text)
    assert canonical_street(once) == once


def test_same_street() -> None:
    """A type may be left out, another type or number is another street."""
    assert same_street("Flatbush Ave", "FLATBUSH AVENUE")
    assert same_street("w 4 st", "West 4th Street")
    assert not same_street("5 Ave", "6 Ave")
    assert not same_street("", "")


def test_the_map_interpolates_between_known_houses() -> None:
    """A known row is exact; a number between two known ones lies between them."""
    streets = street_map("nyc")
    known = next(spot for spot in streets.known_addresses() if spot.code == "3")
    assert streets.address("3", known.street, known.house) is not None
    spot = streets.address("3", "BROADWAY", "123")
    assert spot is not None
    assert not spot.exact
    assert streets.address("3", "BROADWAY", "99999") is None


def test_the_map_knows_corners_and_parallels() -> None:
    """Streets that meet have a corner, parallel ones have none."""
    streets = street_map("nyc")
    assert streets.corner("1", "5 AVENUE", "WEST 42 STREET") is not None
    assert streets.corner("1", "5 AVENUE", "6 AVENUE") is None
