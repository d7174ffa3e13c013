"""The twin of GeoSearch: addresses and places of the street map as Pelias features.

Like the real one it answers an unknown address with other houses of a similar street, at a low
confidence; `/v1` is gone (410) and only GET is allowed (403).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from conversations.vocabulary.places import AddressText
from integrations.cities import load_city
from integrations.cities.lines import LineReader
from integrations.cities.streetmap import StreetMap, street_map
from integrations.geosearch.adapter import GeosearchAdapter
from integrations.kit.caller import Caller
from integrations.kit.sandbox.world import World

OPERATIONS = (("search", "GET", "/v2/search*"), ("autocomplete", "GET", "/v2/autocomplete*"))
GONE = (
    "v1 API has been permanently removed. For details on migrating to the v2 API, see "
    "https://github.com/NYCPlanning/labs-geosearch-docker/blob/master/MIGRATING.md"
)


def build(world: World) -> FastAPI:
    """Return the twin for one world."""
    app = FastAPI(openapi_url=None)

    @app.get("/v2/search")
    @app.get("/v2/autocomplete")
    async def search(request: Request) -> JSONResponse:
        text = request.query_params.get("text", "").strip()
        size = request.query_params.get("size", "10")
        if not text:
            errors = ["invalid param 'text': text length, must be >0"]
            return JSONResponse(_collection([], world, text, errors), status_code=400)
        most = min(40, int(size)) if size.isdigit() and len(size) < 4 else 10
        return JSONResponse(_collection(find(text[:300])[:most], world, text))

    @app.api_route("/v1/{rest:path}", methods=["GET"])
    async def gone(rest: str) -> JSONResponse:
        return JSONResponse({"message": GONE}, status_code=410)

    @app.exception_handler(405)
    async def only_get(_request: Request, _error: Exception) -> JSONResponse:
        return JSONResponse({"message": "Forbidden"}, status_code=403)

    return app


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call of each operation the adapter uses, against this twin."""
    adapter = GeosearchAdapter(caller, f"{base_url}/v2")
    address = AddressText("123 Broadway, Brooklyn", house="123", street="Broadway")
    return {"search": lambda: adapter.geocode(address, "Brooklyn", load_city("nyc"))}


def find(text: str) -> list[dict[str, Any]]:
    """Return the features for a search line, the surest first."""
    streets = street_map("nyc")
    line = LineReader(load_city("nyc")).read(text)
    codes = [line.code] if line.code else list(streets.names)
    if line.kind == "place":
        marks = [streets.landmark(line.parts[0], code) for code in codes]
        known = [(mark, (mark.latitude, mark.longitude)) for mark in marks if mark]
        return [_feature(streets, mark.code, mark.name, "", "", "", at) for mark, at in known]
    if line.kind != "address":
        return []
    house, street = line.parts
    found = [_house(streets, code, house, street, 1.0) for code in codes]
    sure = [feature for feature in found if feature]
    if sure:
        return sure
    guesses = [
        _house(streets, code, house, name, 0.6)
        for code in codes
        for name in streets.similar(code, street, 3)
    ]
    return [guess for guess in guesses if guess]


def _house(
    streets: StreetMap, code: str, house: str, typed: str, confidence: float
) -> dict[str, Any] | None:
    street = streets.street(code, typed)
    spot = streets.address(code, street, house) if street else None
    if spot is None:
        return None
    at = (spot.latitude, spot.longitude)
    name = f"{spot.house} {spot.street}"
    feature = _feature(streets, code, name, spot.house, spot.street, spot.zip, at)
    feature["properties"]["confidence"] = confidence
    feature["properties"]["match_type"] = "exact" if confidence >= 1 else "fallback"
    return feature


def _feature(
    streets: StreetMap,
    code: str,
    name: str,
    house: str,
    street: str,
    postal: str,
    at: tuple[float, float],
) -> dict[str, Any]:
    borough = streets.names[code]
    properties = {
        "gid": f"nycpad:venue:{name}",
        "layer": "address" if house else "venue",
        "source": "nycpad",
        "country_code": "US",
        "name": name,
        "housenumber": house,
        "street": street,
        "postalcode": postal,
        "accuracy": "point",
        "confidence": 1,
        "match_type": "exact",
        "region": "New York",
        "locality": "New York",
        "borough": borough,
        "label": f"{name}, {borough}, NY, USA",
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(at[1], 6), round(at[0], 6)]},
        "properties": {key: value for key, value in properties.items() if value != ""},
    }


def _collection(
    features: list[dict[str, Any]], world: World, text: str, errors: list[str] | None = None
) -> dict[str, Any]:
    about: dict[str, Any] = {"version": "0.2", "query": {"text": text}}
    about["timestamp"] = int(world.now().timestamp() * 1000)
    if errors:
        about["errors"] = errors
    return {"geocoding": about, "type": "FeatureCollection", "features": features}
