"""Calls Mapbox forward geocoding and believes only hits that are what was asked for."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, Place, PlaceKind
from integrations.features import official_borough, one_line, said_borough, same_house, settle
from integrations.kit.caller import Caller
from integrations.kit.calls import Call
from integrations.kit.dto import GeocodeDTO
from integrations.mapbox.wire import PROVIDER, Hit, parse_forward
from integrations.streets import readable_street, same_street

MOST_CHARACTERS, MOST_WORDS = 256, 20  # of a query, by Mapbox's documentation


class MapboxAdapter:
    """The `Geocoder` port over Mapbox.

    Attributes:
        permanent: answers were bought for keeping; without it they must not be stored or cached.
    """

    provider = PROVIDER

    def __init__(
        self,
        caller: Caller,
        base_url: str,
        access_token: str,
        *,
        permanent: bool = False,
        version: Literal["v6", "v5"] = "v6",
    ) -> None:
        """`base_url`: `https://api.mapbox.com`."""
        self.permanent = permanent
        self._caller = caller
        self._base = base_url.rstrip("/")
        self._token = access_token
        self._version = version

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return what Mapbox finds; see `Geocoder`. Raises `AdapterError`."""
        said = said_borough(address, borough, city)
        answer = await self._caller.call(
            self._call(one_line(address, said, city), city), parse_forward
        )
        exact: list[Place] = []
        possible: list[Place] = []
        for hit in answer.hits:
            place = _make_place(hit, city)
            where = exact if hit.sure and _is_asked(hit, address) else possible
            if place and all(place.label != other.label for other in where):
                where.append(place)
        near = [
            place for place in possible if same_street(place.street or "", address.street or "")
        ]
        return settle(PROVIDER, exact, near, city, said, address)

    def _call(self, line: str, city: City) -> Call:
        south, west, north, east = city.bounds
        query = " ".join(line.replace(";", " ").split()[:MOST_WORDS])[:MOST_CHARACTERS]
        params = {
            "access_token": self._token,
            "limit": "5",
            "autocomplete": "false",
            "country": city.country.lower(),
            "bbox": f"{west},{south},{east},{north}",
            "types": "address",
        }
        if self._version == "v5":
            endpoint = "mapbox.places-permanent" if self.permanent else "mapbox.places"
            url = f"{self._base}/geocoding/v5/{endpoint}/{quote(query, safe='')}.json"
        else:
            url = f"{self._base}/search/geocode/v6/forward"
            params |= {"q": query, "permanent": "true" if self.permanent else "false"}
        return Call(operation="forward", method="GET", url=url, params=params)


def _is_asked(hit: Hit, address: AddressText) -> bool:
    """Return whether a hit is the house and street that were asked for; nothing else is sure."""
    if not (address.house and address.street):
        return False
    return same_house(hit.house, address.house) and same_street(hit.street, address.street)


def _make_place(hit: Hit, city: City) -> Place | None:
    """Return the place of a hit, or None when it is no address."""
    if not (hit.street and hit.house):
        return None
    street = readable_street(hit.street)
    # Mapbox calls Manhattan `New York` or `Manhattan`; a ZIP decides when the name is no borough.
    borough = official_borough(hit.borough, city) or city.gazetteer.zips.get(hit.zip)
    label = f"{hit.house} {street}"
    return Place(
        label=f"{label}, {borough}" if borough else label,
        kind=PlaceKind.ADDRESS,
        latitude=hit.latitude,
        longitude=hit.longitude,
        house=hit.house,
        street=street,
        borough=borough,
        zip=hit.zip if hit.zip.isdigit() and len(hit.zip) == 5 else None,
        source=PROVIDER,
        exact=hit.sure,
    )
