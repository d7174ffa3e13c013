"""Bare numbers for streets: spelled out in every sensible way, and the answers put together."""

from __future__ import annotations

import pytest

from conversations.vocabulary.places import AddressText, GeocodeStatus, Place, PlaceKind
from integrations.geoclient.bare import merge, spell_out
from integrations.kit.dto import GeocodeDTO


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
    ],
)
def test_a_corner_is_spelled_out(typed: tuple[str, ...], spelled: set[tuple[str, ...]]) -> None:
    """Two bare numbers are an avenue and a street; a direction makes a street; names stay."""
    found = {(one.street, *one.cross_streets) for one in spell_out(_corner(*typed))}

    assert found == spelled


def test_a_house_on_a_bare_number_may_be_on_either() -> None:
    """350 5th is on the avenue or on the street."""
    found = [one.street for one in spell_out(_corner("5th", house="350"))]

    assert found == ["5th Avenue", "5th Street"]


def test_an_address_without_a_street_comes_back_alone() -> None:
    """A park stays a park."""
    park = AddressText("central park", place="central park")

    assert spell_out(park) == (park,)


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
