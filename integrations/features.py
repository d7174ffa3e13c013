"""Features of a GeoJSON answer, as the geocoders that speak it (GeoSearch, Mapbox) share them.

Reads with distrust: anything of another type is absent. What a feature's properties are called
is each provider's own matter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, GeocodeStatus, Place
from integrations.kit.dto import GeocodeDTO
from integrations.streets import canonical_street

MOST_FEATURES = 20
MOST_PLACES = 5
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_NOT_HOUSE = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: where it is and its unread properties."""

    latitude: float
    longitude: float
    properties: dict[str, Any]

    def text(self, *path: str, limit: int = 120) -> str:
        """Return a string (or number as string) at a path of keys, cleaned, or empty."""
        value: Any = self.properties
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            return ""
        return " ".join(_CONTROL.sub(" ", value[: limit * 4]).split())[:limit]

    def number(self, name: str) -> float:
        """Return a property as a finite number, else 0."""
        value = self.properties.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return 0.0
        return float(value) if abs(value) < 1e9 and math.isfinite(value) else 0.0


def read_features(body: Any) -> list[Feature]:
    """Return the point features of a `FeatureCollection`.

    Raises:
        ValueError: the body is no feature collection.
    """
    if not isinstance(body, dict) or not isinstance(body.get("features"), list):
        raise ValueError("not a feature collection")
    return list(_points(body["features"][:MOST_FEATURES]))


def _points(rows: list[Any]) -> Iterator[Feature]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        geometry, properties = row.get("geometry"), row.get("properties")
        at = geometry.get("coordinates") if isinstance(geometry, dict) else row.get("center")
        if not isinstance(at, list) or len(at) < 2 or not isinstance(properties, dict):
            continue
        lon, lat = at[0], at[1]
        if all(isinstance(x, int | float) and not isinstance(x, bool) for x in (lat, lon)) and (
            abs(lat) <= 90 and abs(lon) <= 180
        ):
            yield Feature(float(lat), float(lon), {**row, **properties})


def same_house(one: str, other: str) -> bool:
    """Return whether two house numbers are the same, hyphens and blanks aside."""
    left, right = (_NOT_HOUSE.sub("", text.upper()) for text in (one, other))
    return bool(left) and left == right


def settle(
    provider: str,
    exact: list[Place],
    possible: list[Place],
    city: City,
    borough: str | None,
    address: AddressText,
) -> GeocodeDTO:
    """Return the outcome of what was found.

    Args:
        provider: who found it.
        exact: places that are what was asked for.
        possible: near misses.
        city: for its bounds and names.
        borough: official name when somebody said it; places elsewhere then do not count.
        address: what was asked, to find other boroughs the street exists in.
    """
    here = [place for place in exact if inside(place, city)]
    outside = bool(exact) and not here
    fitting = [place for place in here if borough in (None, place.borough)]
    boroughs = tuple(dict.fromkeys(place.borough for place in fitting if place.borough))
    if len(fitting) == 1 and borough is None:
        known = city.gazetteer.streets.get(canonical_street(address.street or ""), ())
        if len(known) > 1 and not address.zip:
            # One hit of a free search is no proof that the other boroughs have no such number.
            return GeocodeDTO(
                status=GeocodeStatus.AMBIGUOUS,
                places=tuple(fitting),
                boroughs=tuple(known),
                provider=provider,
            )
    if fitting:
        status = GeocodeStatus.EXACT if len(fitting) == 1 else GeocodeStatus.AMBIGUOUS
        places = tuple(fitting[:MOST_PLACES])
        return GeocodeDTO(status=status, places=places, boroughs=boroughs, provider=provider)
    near = [place for place in [*here, *possible] if inside(place, city)][:MOST_PLACES]
    if near:
        return GeocodeDTO(status=GeocodeStatus.POSSIBLE, places=tuple(near), provider=provider)
    status = GeocodeStatus.OUTSIDE if outside else GeocodeStatus.REJECTED
    return GeocodeDTO(status=status, provider=provider)


def inside(place: Place, city: City) -> bool:
    """Return whether a place lies within the city's bounds."""
    south, west, north, east = city.bounds
    if place.latitude is None or place.longitude is None:
        return False
    return south <= place.latitude <= north and west <= place.longitude <= east


def official_borough(name: str, city: City) -> str | None:
    """Return the official borough for a name or alias, or None."""
    folded = name.casefold()
    for borough in city.boroughs:
        if folded == borough.name.casefold() or folded in borough.aliases:
            return borough.name
    return None


def said_borough(address: AddressText, borough: str | None, city: City) -> str | None:
    """Return the borough somebody said, or that the ZIP or neighbourhood implies."""
    if borough or address.borough:
        return borough or address.borough
    if address.zip in city.gazetteer.zips:
        return city.gazetteer.zips[str(address.zip)]
    if address.place and address.street:
        return city.gazetteer.neighbourhoods.get(address.place.upper().replace(".", ""))
    return None


def one_line(address: AddressText, borough: str | None, city: City) -> str:
    """Return an address as one line for a free search."""
    if address.street and address.house:
        line = f"{address.house} {address.street}"
    elif address.street and address.cross_streets:
        line = f"{address.street} and {address.cross_streets[0]}"
    else:
        line = address.place or address.street or address.text
    where = borough or address.zip or city.short_name
    return " ".join(f"{line}, {where}".split())[:200]
