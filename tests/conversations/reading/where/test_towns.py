"""Other towns: known by their names, told apart from streets and from where people live."""

from __future__ import annotations

import pytest

from conversations.reading.where.address import AddressReader

OUTSIDE = [
    ("pothole in jersey city nj", "jersey city nj"),
    ("rats in yonkers", "yonkers"),
    ("garbage in Newark, New Jersey", "Newark, New Jersey"),
    ("streetlight out in hempstead long island", "hempstead long island"),
    ("im in new jersey", "new jersey"),
    ("hay un bache en jersey city", "jersey city"),
    ("Yonkers", "Yonkers"),
    ("rats in Maplewood, NJ", "Maplewood, NJ"),
]


@pytest.mark.parametrize(("text", "place"), OUTSIDE)
def test_another_town_is_elsewhere(reader: AddressReader, text: str, place: str) -> None:
    """A town outside the city is read as the place, with its state, and marked."""
    found = reader.read(text)
    assert found is not None
    assert (found.place, found.elsewhere, found.street) == (place, True, None)


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("12 elm street newark nj", "elm street"),
        ("garbage on main st in yonkers", "main st"),
        ("corner of main and elm in hempstead long island", "main"),
    ],
)
def test_a_street_of_another_town_is_elsewhere(
    reader: AddressReader, text: str, street: str
) -> None:
    """A town behind a street belongs to it."""
    found = reader.read(text)
    assert found is not None
    assert (found.street, found.elsewhere) == (street, True)


@pytest.mark.parametrize(
    "text",
    [
        "pothole on Jersey St, Staten Island",
        "trash on newark ave",
        "12 Hempstead Ave",
        "hempstead ave",
        "pothole on hempstead",
        "yonkers ave and broadway",
        "rats in inwood ny",
        "pothole at 5 ave in brooklyn, a truck from newark",
    ],
)
def test_a_street_called_like_a_town_is_here(reader: AddressReader, text: str) -> None:
    """Streets and neighbourhoods of the city that are called like a town are no town."""
    found = reader.read(text)
    assert found is not None
    assert not found.elsewhere


@pytest.mark.parametrize(
    "text",
    [
        "no heat, my landlord lives in Florida",
        "the owner is in new jersey",
        "he moved to yonkers",
        "a truck from newark dumps here",
        "mi casero vive en jersey city",
    ],
)
def test_where_somebody_lives_is_not_where_it_is(reader: AddressReader, text: str) -> None:
    """A town that is said of a person is not the place of the problem."""
    assert reader.read(text) is None
