"""The twin of Mapbox: v6 forward and v5 over the same street map as the others, drawn pictures."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from conversations.vocabulary.places import AddressText
from integrations.cities import load_city
from integrations.cities.lines import LineReader
from integrations.cities.streetmap import Spot, StreetMap, street_map
from integrations.kit.caller import Caller
from integrations.kit.sandbox.pictures import draw_map
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.mapbox.adapter import MapboxAdapter
from integrations.mapbox.static import MapboxPictures
from integrations.streets import readable_street

OPERATIONS = (
    ("forward", "GET", "/search/geocode/v6/forward*"),
    ("forward", "GET", "/geocoding/v5/*"),
    ("static", "GET", "/styles/v1/*"),
)
PER_MINUTE = 1000
_SIZE = re.compile(r"(\d{1,4})x(\d{1,4})(@2x)?")
_OVERLAY = re.compile(r"path-\d+\+[0-9a-f]{6}-[0-9.]+\+[0-9a-f]{6}-[0-9.]+\([?-~]+\)")
_WHERE = re.compile(r"(-?\d{1,3}\.\d+),(-?\d{1,2}\.\d+),(\d{1,2}(?:\.\d+)?)")


class Desk:
    """Who may ask, and how often: a thousand calls a minute over all APIs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._times: deque[datetime] = deque()

    def refuse(self, request: Request) -> JSONResponse | None:
        """Return why a call is not answered, or None."""
        token = request.query_params.get("access_token")
        if not token:
            return JSONResponse({"message": "Not Authorized - No Token"}, status_code=401)
        expected = self._world.settings.get("mapbox_token", "")
        if expected and token != expected:
            return JSONResponse({"message": "Not Authorized - Invalid Token"}, status_code=401)
        now, times = self._world.now(), self._times
        while times and (now - times[0]).total_seconds() >= 60:
            times.popleft()
        if len(times) >= PER_MINUTE:
            headers = {"X-Rate-Limit-Limit": str(PER_MINUTE), "X-Rate-Limit-Interval": "60"}
            headers["X-Rate-Limit-Reset"] = str(int(times[0].timestamp()) + 60)
            return JSONResponse({"message": "Too Many Requests"}, status_code=429, headers=headers)
        times.append(now)
        return None

    def refuse_query(self, request: Request, query: str) -> JSONResponse | None:
        """Return why a search is not answered, or None."""
        if (refused := self.refuse(request)) is not None:
            return refused
        if not query.strip() or len(query) > 256 or len(query.split()) > 20:
            return JSONResponse({"message": "Query too long or empty"}, status_code=422)
        return None


def build(world: World) -> FastAPI:
    """Return the twin for one world."""
    app = FastAPI(openapi_url=None)
    desk = Desk(world)

    @app.get("/search/geocode/v6/forward")
    async def forward(request: Request) -> JSONResponse:
        query = request.query_params.get("q", "")
        if (refused := desk.refuse_query(request, query)) is not None:
            return refused
        features = [_feature_v6(*found) for found in find(query)]
        return JSONResponse(_collection(features[:10]))

    @app.get("/geocoding/v5/{endpoint}/{query}.json")
    async def forward_v5(endpoint: str, query: str, request: Request) -> JSONResponse:
        if (refused := desk.refuse_query(request, query)) is not None:
            return refused
        features = [_feature_v5(*found) for found in find(query)]
        return JSONResponse(_collection(features[:10]) | {"query": query.lower().split()})

    @app.get("/styles/v1/{owner}/{style}/static/{overlay}/{where}/{size}")
    async def static(request: Request, style: str, overlay: str, where: str, size: str) -> Response:
        return desk.refuse(request) or _draw(style, overlay, where, size)

    return app


def _draw(style: str, overlay: str, where: str, size: str) -> Response:
    """Return the picture, or why there is none."""
    wanted = _SIZE.fullmatch(size)
    if wanted is None or not all(0 < int(side) <= 1280 for side in wanted.groups()[:2]):
        return JSONResponse({"message": "Size must be between 1-1280."}, status_code=422)
    if not _OVERLAY.fullmatch(overlay) or not _is_somewhere(where):
        return JSONResponse({"message": "Invalid overlay or location"}, status_code=422)
    scale = 2 if wanted[3] else 1
    width, height = int(wanted[1]) * scale, int(wanted[2]) * scale
    picture = draw_map(width, height, dark=style.startswith("dark"))
    return Response(picture, media_type="image/png")


def _is_somewhere(where: str) -> bool:
    found = _WHERE.fullmatch(where)
    if found is None:
        return False
    longitude, latitude, zoom = map(float, found.groups())
    return abs(longitude) <= 180 and abs(latitude) <= 85.0511 and zoom <= 22


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call of each operation the adapter uses, against this twin."""
    adapter = MapboxAdapter(caller, base_url, DEFAULTS["mapbox_token"])
    address = AddressText("123 Broadway, Brooklyn", house="123", street="Broadway")
    pictures = MapboxPictures(caller, base_url, DEFAULTS["mapbox_token"])
    return {
        "forward": lambda: adapter.geocode(address, "Brooklyn", load_city("nyc")),
        "static": lambda: pictures.draw(40.7128, -74.0060),
    }


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
