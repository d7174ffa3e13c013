"""The twin of Mapbox geocoding: v6 forward and v5, over the same street map as the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from conversations.vocabulary.places import AddressText
from integrations.cities import load_city
from integrations.cities.lines import LineReader
from integrations.cities.streetmap import Spot, StreetMap, street_map
from integrations.kit.caller import Caller
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.mapbox.adapter import MapboxAdapter
from integrations.streets import readable_street

OPERATIONS = (
    ("forward", "GET", "/search/geocode/v6/forward*"),
    ("forward", "GET", "/geocoding/v5/*"),
)
PER_MINUTE = 1000


def build(world: World) -> FastAPI:
    """Return the twin for one world."""
    app = FastAPI(openapi_url=None)
    times: deque[datetime] = deque()

    def refuse(request: Request, query: str) -> JSONResponse | None:
        token = request.query_params.get("access_token")
        if not token:
            return JSONResponse({"message": "Not Authorized - No Token"}, status_code=401)
        expected = world.settings.get("mapbox_token", "")
        if expected and token != expected:
            return JSONResponse({"message": "Not Authorized - Invalid Token"}, status_code=401)
        now = world.now()
        while times and (now - times[0]).total_seconds() >= 60:
            times.popleft()
        if len(times) >= PER_MINUTE:
            headers = {"X-Rate-Limit-Limit": str(PER_MINUTE), "X-Rate-Limit-Interval": "60"}
            headers["X-Rate-Limit-Reset"] = str(int(times[0].timestamp()) + 60)
            return JSONResponse({"message": "Too Many Requests"}, status_code=429, headers=headers)
        times.append(now)
        if not query.strip() or len(query) > 256 or len(query.split()) > 20:
            return JSONResponse({"message": "Query too long or empty"}, status_code=422)
        return None

    @app.get("/search/geocode/v6/forward")
    async def forward(request: Request) -> JSONResponse:
        query = request.query_params.get("q", "")
        refused = refuse(request, query)
        if refused:
            return refused
        features = [_feature_v6(*found) for found in find(query)]
        return JSONResponse(_collection(features[:10]))

    @app.get("/geocoding/v5/{endpoint}/{query}.json")
    async def forward_v5(endpoint: str, query: str, request: Request) -> JSONResponse:
        refused = refuse(request, query)
        if refused:
            return refused
        features = [_feature_v5(*found) for found in find(query)]
        return JSONResponse(_collection(features[:10]) | {"query": query.lower().split()})

    return app


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call of each operation the adapter uses, against this twin."""
    adapter = MapboxAdapter(caller, base_url, DEFAULTS["mapbox_token"])
    address = AddressText("123 Broadway, Brooklyn", house="123", street="Broadway")
    return {"forward": lambda: adapter.geocode(address, "Brooklyn", load_city("nyc"))}


def find(query: str) -> list[tuple[StreetMap, Spot, bool]]:
    """Return the addresses a query means and whether they are just what was asked for."""
    streets = street_map("nyc")
    line = LineReader(load_city("nyc")).read(query)
    if line.kind != "address":
        return []
    house, typed = line.parts
    found: list[tuple[StreetMap, Spot, bool]] = []
    for code in [line.code] if line.code else list(streets.names):
        street = streets.street(code, typed)
        names = [street] if street else streets.similar(code, typed, 2)
        spots = [streets.address(code, name, house) for name in names]
        found += [(streets, spot, bool(street)) for spot in spots if spot]
    return found


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features, "attribution": "sandbox"}


def _feature_v6(streets: StreetMap, spot: Spot, exact: bool) -> dict[str, Any]:
    street, borough = readable_street(spot.street), streets.names[spot.code]
    name = f"{spot.house} {street}"
    context: dict[str, Any] = {
        "address": {"address_number": spot.house, "street_name": street, "name": name},
        "street": {"name": street},
        "locality": {"name": borough},
        "place": {"name": "New York"},
        "region": {"name": "New York", "region_code": "NY", "region_code_full": "US-NY"},
        "country": {"name": "United States", "country_code": "US", "country_code_alpha_3": "USA"},
    }
    if spot.zip:
        context["postcode"] = {"name": spot.zip}
    return {
        "type": "Feature",
        "id": f"sandbox.{spot.code}.{name}",
        "geometry": {"type": "Point", "coordinates": [spot.longitude, spot.latitude]},
        "properties": {
            "feature_type": "address",
            "name": name,
            "place_formatted": f"{borough}, New York {spot.zip}, United States",
            "full_address": f"{name}, {borough}, New York {spot.zip}, United States",
            "context": context,
            "match_code": {"confidence": "exact" if exact else "low"},
        },
    }


def _feature_v5(streets: StreetMap, spot: Spot, exact: bool) -> dict[str, Any]:
    street, borough = readable_street(spot.street), streets.names[spot.code]
    at = [spot.longitude, spot.latitude]
    context = [{"id": "locality.1", "text": borough}, {"id": "place.1", "text": "New York"}]
    if spot.zip:
        context.insert(0, {"id": "postcode.1", "text": spot.zip})
    return {
        "id": f"address.{spot.code}",
        "type": "Feature",
        "place_type": ["address"],
        "relevance": 1 if exact else 0.6,
        "properties": {"accuracy": "rooftop"},
        "text": street,
        "address": spot.house,
        "place_name": f"{spot.house} {street}, {borough}, New York {spot.zip}, United States",
        "center": at,
        "geometry": {"type": "Point", "coordinates": at},
        "context": context,
    }
