"""A small city for the address reader: a few streets of New York, enough to tell shapes apart."""

from __future__ import annotations

import pytest

from conversations.reading.where.address import AddressReader
from conversations.vocabulary.city import Borough, City, Gazetteer

STREETS = {
    "AVENUE Y": ("Brooklyn",),
    "BROADWAY": ("Manhattan", "Brooklyn", "Queens"),
    "BEDFORD AVENUE": ("Brooklyn",),
    "BERRY STREET": ("Brooklyn",),
    "GRAND STREET": ("Brooklyn", "Manhattan"),
    "GRAND CONCOURSE": ("Bronx",),
    "MAIN STREET": ("Queens",),
    "PARK AVENUE": ("Manhattan", "Brooklyn"),
    "5 AVENUE": ("Manhattan", "Brooklyn"),
    "AVENUE OF THE AMERICAS": ("Manhattan",),
    "QUEENS BOULEVARD": ("Queens",),
    "ST NICHOLAS AVENUE": ("Manhattan",),
    "FRONT STREET": ("Brooklyn",),
    "WATER STREET": ("Manhattan",),
    "CHAPEL STREET": ("Brooklyn",),
    "PARK PLACE": ("Brooklyn",),
    "HYLAN BOULEVARD": ("Staten Island",),
    "RIVER STREET": ("Brooklyn",),
    "FLATBUSH AVENUE": ("Brooklyn",),
    "JERSEY STREET": ("Staten Island",),
    "HALLECK STREET": ("Bronx",),
    "HEMPSTEAD AVENUE": ("Queens",),
    "BQE": ("Brooklyn", "Queens"),
}
BOROUGHS = (
    Borough("Manhattan", "1", ("mn", "new york ny")),
    Borough("Bronx", "2", ("the bronx", "bx")),
    Borough("Brooklyn", "3", ("bk", "bklyn")),
    Borough("Queens", "4", ("qns",)),
    Borough("Staten Island", "5", ("si", "s i")),
)


@pytest.fixture(scope="session")
def city() -> City:
    """Return a city with five boroughs and a short gazetteer."""
    gazetteer = Gazetteer(
        streets=STREETS,
        places={"PROSPECT PARK": "Brooklyn", "CITY HALL": "Manhattan"},
        neighbourhoods={
            "FAR ROCKAWAY": "Queens",
            "HARLEM": "Manhattan",
            "WILLIAMSBURG": "Brooklyn",
            "MARBLE HILL": "Manhattan",
            "INWOOD": "Manhattan",
        },
        zips={"11211": "Brooklyn", "10010": "Manhattan", "11215": "Brooklyn", "10464": "Bronx"},
        outside=frozenset(
            {"YONKERS", "JERSEY CITY", "NEWARK", "HEMPSTEAD", "NEW JERSEY", "NJ", "LONG ISLAND"}
            | {"INWOOD NY", "FLORIDA"}
        ),
    )
    return City(
        slug="nyc",
        name="New York City",
        short_name="New York",
        timezone="America/New_York",
        country="US",
        languages=("en", "es"),
        phone="311",
        website="portal.311.nyc.gov",
        phone_hours={},
        boroughs=BOROUGHS,
        bounds=(40.4, -74.3, 41.0, -73.6),
        request_types={},
        concepts={},
        tracking_patterns=(),
        sms_numbers=(),
        gazetteer=gazetteer,
    )


@pytest.fixture(scope="session")
def reader(city: City) -> AddressReader:
    """Return the reader of that city."""
    return AddressReader(city)
