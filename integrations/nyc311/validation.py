"""What the twin refuses with 400, in the order it looks (contract civic 3.5)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from integrations.cities import CityPack, load_city
from integrations.cities.lines import LineReader
from integrations.cities.streetmap import street_map

_ZIP = re.compile(r"\d{5}")


def find_problem(body: Any, pack: CityPack) -> str | None:
    """Return what is wrong with a submission, or None when it is taken."""
    if not isinstance(body, dict):
        return "body must be a JSON object"
    for name in ("descriptor", "incidentAddress"):
        if not isinstance(body.get(name), str) or not body[name].strip():
            return f"{name} is required"
    postal = body.get("incidentZip")
    if postal is not None and not (isinstance(postal, str) and _ZIP.fullmatch(postal)):
        return "incidentZip must be five digits"
    if body.get("agencyCode") not in pack.agencies:
        return "agencyCode is unknown"
    caller = body.get("caller")
    if caller is not None and not isinstance(caller, dict):
        return "caller must be an object"
    return _misplaced(body, pack)


def _misplaced(body: dict[str, Any], pack: CityPack) -> str | None:
    """Return what is wrong with the place; a described place has no coordinates and passes."""
    at = (body.get("latitude"), body.get("longitude"))
    if at == (None, None):
        return None
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in at):
        return "latitude and longitude must be numbers"
    south, west, north, east = pack.city.bounds
    latitude, longitude = float(str(at[0])), float(str(at[1]))
    if not (south <= latitude <= north and west <= longitude <= east):
        return "latitude and longitude are outside New York City"
    return None if _known_address(body["incidentAddress"]) else "incidentAddress was not found"


def _known_address(text: str) -> bool:
    """Return whether the street map has an address of that form; other forms are not checked."""
    line = _reader().read(text)
    if line.kind != "address":
        return True
    streets = street_map("nyc")
    for code in [line.code] if line.code else list(streets.names):
        street = streets.street(code, line.parts[1])
        if street and streets.address(code, street, line.parts[0]):
            return True
    return False


@cache
def _reader() -> LineReader:
    return LineReader(load_city("nyc"))
