"""Bare numbers for streets: spelled out in every sensible way, and the answers put together."""

from __future__ import annotations

import pytest

from conversations.vocabulary.places import AddressText, GeocodeStatus, Place, PlaceKind
from integrations.cities import load_city
from integrations.geoclient.bare import merge, spell_out
from integrations.kit.dto import GeocodeDTO

CITY = load_city("nyc")


def _corner(*names: str, house: str | None = None) -> AddressText:
    return AddressText("as typed", house=house, street=names[0], cross_streets=tuple(names[1:]))


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        (("5th", "42nd"), {("5th Avenue", "42nd Street"), ("5th Street", "42nd Avenue")}),
        (("broadway", "42nd"), {("broadway", "42nd Avenue"), ("broadway", "42nd Street")}),
        (("W 42", "broadway"), {("W 42 Street", "broadway")}),
        (("bedford", "n 7"), {("bedford", "n 7 Street")}),
        (("5 ave", "42 st"), {("5 ave", "42 st")}),
        (("5 ave", "42nd"), {("5 ave", "42nd Street")}),
        (
            ("union st", "3rd", "4th"),
            {("union st", "3rd Avenue", "4th Avenue"), ("union st", "3rd Street", "4th Street")},
        ),
        (("9 st", "3rd", "4th ave"), {("9 st", "3rd Avenue", "4th ave")}),
    ],
)
def test_a_corner_is_spelled_out(typed: tuple[str, ...], spelled: set[tuple[str, ...]]) -> None:
    """Two bare numbers are an avenue and a street; a direction makes a street; names stay."""
    every = spell_out(_corner(*typed), CITY)
    found = {(one.street, *one.cross_streets) for one in every if one.borough is None}

    assert found == spelled


def test_a_house_on_a_bare_number_may_be_on_either() -> None:
    """350 5th is on the avenue or on the street."""
    found = [one.street for one in spell_out(_corner("5th", house="350"), CITY)]

    assert found == ["5th Avenue", "5th Street"]


def test_an_address_without_a_street_comes_back_alone() -> None:
    """A park stays a park."""
    park = AddressText("central park", place="central park")

    assert spell_out(park, CITY) == (park,)


def test_a_block_of_manhattan_has_sides() -> None:
    """34th Street is West or East 34 in Manhattan, beside the one of Brooklyn."""
    block = _corner("5th ave", "34th", "35th street")

    found = [(one.borough, one.cross_streets) for one in spell_out(block, CITY)]

    assert found[0] == (None, ("34th Street", "35th street"))
    assert ("Manhattan", ("WEST 34 STREET", "WEST 35 STREET")) in found


def test_one_block_with_two_names_is_one() -> None:
    """5 Avenue between West 34 and 35 and between East 34 and 35 is one block."""
    west, east = (
        GeocodeDTO(
            status=GeocodeStatus.EXACT,
            places=(Place(side, PlaceKind.BLOCK, 40.7488, -73.985, borough="Manhattan"),),
            provider="geoclient",
        )
        for side in ("West", "East")
    )

    assert merge([west, east]).status is GeocodeStatus.EXACT


def _answer(status: GeocodeStatus, *labels: str) -> GeocodeDTO:
    places = tuple(Place(one, PlaceKind.INTERSECTION, 40.7, -73.9, borough="X") for one in labels)
    return GeocodeDTO(status=status, places=places, provider="geoclient")


def test_one_place_among_all_answers_is_exact() -> None:
    """A spelling that does not exist takes nothing from the one that does."""
    answers = [_answer(GeocodeStatus.REJECTED), _answer(GeocodeStatus.EXACT, "a")]

    assert merge(answers).status is GeocodeStatus.EXACT


def test_several_places_are_for_the_resident_to_choose() -> None:
    """Two spellings that both exist are ambiguous: never guess."""
    merged = merge([_answer(GeocodeStatus.EXACT, "a"), _answer(GeocodeStatus.EXACT, "b")])

    assert merged.status is GeocodeStatus.AMBIGUOUS
    assert [place.label for place in merged.places] == ["a", "b"]


def test_near_misses_are_better_than_nothing() -> None:
    """Without a place, the most useful of the other answers is kept."""
    answers = [_answer(GeocodeStatus.REJECTED), _answer(GeocodeStatus.POSSIBLE, "near")]

    assert merge(answers).status is GeocodeStatus.POSSIBLE
