"""Calls GeoSearch and believes only features that are what was asked for.

An unknown address makes Pelias answer with other houses or streets (contract civic 2.5), so
house number and street are compared and a confidence of 0.8 is required.
"""

from __future__ import annotations

from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, Place, PlaceKind
from integrations.features import (
    Feature,
    official_borough,
    one_line,
    said_borough,
    same_house,
    settle,
)
from integrations.geosearch.wire import parse_search
from integrations.kit.caller import Caller
from integrations.kit.calls import Call
from integrations.kit.dto import GeocodeDTO
from integrations.streets import readable_street, same_street

PROVIDER = "geosearch"
CONFIDENCE = 0.8


class GeosearchAdapter:
    """The `Geocoder` port over NYC GeoSearch. Needs no key."""

    provider = PROVIDER

    def __init__(self, caller: Caller, base_url: str) -> None:
        """`base_url`: up to and with the version, `https://geosearch.planninglabs.nyc/v2`."""
        self._caller = caller
        self._url = f"{base_url.rstrip('/')}/search"

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return what GeoSearch finds; see `Geocoder`. Raises `AdapterError`."""
        said = said_borough(address, borough, city)
        call = Call(
            operation="search",
            method="GET",
            url=self._url,
            params={"text": one_line(address, said, city), "size": "10"},
        )
        answer = await self._caller.call(call, parse_search)
        exact: list[Place] = []
        possible: list[Place] = []
        for feature in answer.features:
            place = _make_place(feature, city)
            sure = feature.number("confidence") >= CONFIDENCE and _is_asked(feature, address)
            where = exact if sure else possible
            if place and all(place.label != other.label for other in where):
                where.append(place)
        # Other streets are Pelias' guesses, not near misses worth offering.
        near = [place for place in possible if same_street(place.street or "", _street(address))]
        return settle(PROVIDER, exact, near, city, said, address)


def _street(address: AddressText) -> str:
    return address.street or ""


def _is_asked(feature: Feature, address: AddressText) -> bool:
    """Return whether a feature is the house and street, or the place, that was asked for."""
    if address.house and address.street:
        return same_house(feature.text("housenumber"), address.house) and same_street(
            feature.text("street"), address.street
        )
    if address.cross_streets:
        return False  # GeoSearch knows no corners
    name = feature.text("name").casefold()
    return name == (address.place or address.text).casefold() != ""


def _make_place(feature: Feature, city: City) -> Place | None:
    """Return the place of a feature, or None when it has neither house nor name."""
    house, street = feature.text("housenumber", limit=12), feature.text("street", limit=60)
    name = feature.text("name", limit=60)
    if not (street or name):
        return None
    street = readable_street(street)
    borough = official_borough(feature.text("borough", limit=40), city)
    label = f"{house} {street}" if house and street else readable_street(name)
    postal = feature.text("postalcode", limit=10)
    return Place(
        label=f"{label}, {borough}" if borough else label,
        kind=PlaceKind.ADDRESS if house else PlaceKind.LANDMARK,
        latitude=feature.latitude,
        longitude=feature.longitude,
        house=house or None,
        street=street or None,
        borough=borough,
        zip=postal if postal.isdigit() and len(postal) == 5 else None,
        source=PROVIDER,
    )
