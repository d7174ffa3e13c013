"""The twin of Geoclient: both faces (v1 with `app_id`/`app_key`, v2 with the header key).

Mounted at `/geoclient`; each face answers below `/v1`, `/v2` and, as at the real hosts, below
`/geoclient/v1`, `/geoclient/v2`. `POST /_control` changes pace and quota (see `AzureGateway`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from conversations.vocabulary.places import AddressText
from integrations.cities import load_city
from integrations.cities.lines import LineReader
from integrations.cities.streetmap import street_map
from integrations.geoclient.adapter import GeoclientAdapter
from integrations.geoclient.geosupport import Geosupport
from integrations.geoclient.search import SearchTwin
from integrations.kit.caller import Caller
from integrations.kit.sandbox.azure import AzureGateway, refuse
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.streets import canonical_street

OPERATIONS = (
    ("search", "GET", "*/search*"),
    ("address", "GET", "*/address*"),
    ("place", "GET", "*/place*"),
    ("intersection", "GET", "*/intersection*"),
    ("blockface", "GET", "*/blockface*"),
)
_BOROUGH_CODES = {"1": "1", "2": "2", "3": "3", "4": "4", "5": "5"}


def build(world: World) -> FastAPI:
    """Return the twin for one world."""
    app = FastAPI(openapi_url=None)
    gateway = AzureGateway(world, calls=2500, window_s=60, quota_daily=500_000)
    twin = _Twin(world, gateway)
    twin.search_twin()  # a quarter of a second now, once per process, not at the first question

    @app.post("/_control")
    async def control(order: dict[str, Any]) -> dict[str, str]:
        gateway.configure(order)
        return {"status": "ok"}

    for version in ("v1", "v2"):
        router = twin.router(version)
        app.include_router(router, prefix=f"/{version}")
        app.include_router(router, prefix=f"/geoclient/{version}")

    @app.exception_handler(404)
    async def not_found(_request: Request, _error: Exception) -> JSONResponse:
        return refuse(404, "Resource not found")

    return app


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call of each operation the adapter uses, against this twin."""
    adapter = GeoclientAdapter(
        caller,
        f"{base_url}/v1",
        app_id=DEFAULTS["geoclient_app_id"],
        app_key=DEFAULTS["geoclient_app_key"],
    )
    address = AddressText("123 Broadway, Brooklyn", house="123", street="Broadway")
    return {"search": lambda: adapter.geocode(address, "Brooklyn", load_city("nyc"))}


def _bad_request(request: Request, message: str) -> JSONResponse:
    uri = f"{request.url.path}?{request.url.query}"
    body = {"httpStatus": "400 BAD_REQUEST", "message": message, "requestUri": uri}
    return JSONResponse(body, status_code=400)


class _Twin:
    """The endpoints over one search twin."""

    def __init__(self, world: World, gateway: AzureGateway) -> None:
        self._world = world
        self._gateway = gateway
        self._search: SearchTwin | None = None
        self._geosupport: Geosupport | None = None

    def search_twin(self) -> SearchTwin:
        if self._search is None:
            self._geosupport = Geosupport(street_map("nyc"))
            self._search = SearchTwin(self._geosupport, LineReader(load_city("nyc")))
        return self._search

    def router(self, version: str) -> APIRouter:
        """Return the routes of one face; v1 wants the ending `.json`, v2 allows it."""
        router = APIRouter()
        calls = {
            "search": self.search,
            "address": self.function("address", ("houseNumber", "street")),
            "addresspoint": self.function("address", ("houseNumber", "street")),
            "place": self.function("place", ("name",)),
            "intersection": self.function("intersection", ("crossStreetOne", "crossStreetTwo")),
            "blockface": self.function(
                "blockface", ("onStreet", "crossStreetOne", "crossStreetTwo")
            ),
            "bbl": self.lot,
            "bin": self.function("bin", ("bin",)),
            "normalize": self.normalize,
            "version": self.version,
        }
        for name, endpoint in calls.items():
            endings = (".json",) if version == "v1" else ("", ".json")
            for ending in endings:
                guarded = self._guard(version, endpoint)
                router.add_api_route(f"/{name}{ending}", guarded, methods=["GET"])
        return router

    def _guard(self, version: str, endpoint: Any) -> Any:
        """Return the endpoint behind the gateway of its face."""

        async def guarded(request: Request) -> Response:
            if version == "v1":
                given = request.query_params.get("app_key")
                expected = self._world.settings.get("geoclient_app_key", "")
                right_id = self._world.settings.get("geoclient_app_id", "")
                if right_id and request.query_params.get("app_id", "") != right_id:
                    given = given and "wrong id"
            else:
                given = request.headers.get("Ocp-Apim-Subscription-Key")
                given = given or request.query_params.get("subscription-key")
                known = self._world.settings
                expected = known.get("geoclient_subscription_key") or known.get(
                    "geoclient_app_key", ""
                )
            refused = self._gateway.check(given, expected)
            answer: Response = refused or await endpoint(request, version)
            return answer

        return guarded

    async def search(self, request: Request, version: str) -> Response:
        """Answer a single line. The guide's `q` counts on v1 only, `input` on both."""
        query = request.query_params
        text = query.get("input") or (query.get("q") if version == "v1" else None)
        if not text:
            when = self._world.now().isoformat(timespec="milliseconds")
            body = {"timestamp": when, "status": 400, "error": "Bad Request"}
            return JSONResponse(body | {"path": request.url.path}, status_code=400)
        now_ms = int(self._world.now().timestamp() * 1000)
        return JSONResponse(self.search_twin().search(text[:500], dict(query), now_ms))

    def function(self, kind: str, names: tuple[str, ...]) -> Any:
        """Return the endpoint of one Geosupport function with its parameters' names."""

        async def endpoint(request: Request, version: str) -> Response:
            query = request.query_params
            optional = {"houseNumber"} if version == "v2" else set()
            for name in names:
                if not query.get(name) and name not in optional:
                    text = f"Required request parameter '{name}' for method parameter type String"
                    return _bad_request(request, f"{text} is not present")
            parts = tuple(query.get(name, "")[:200] for name in names)
            twin = self.search_twin()
            if kind == "bin":
                return JSONResponse({"bin": twin.answer("bin", parts, parts[0][:1])})
            code = self._code(query.get("borough"), query.get("zip"))
            if code is None:
                text = "This operation requires one of the following parameters: boroughzip"
                return _bad_request(request, text)
            if code not in _BOROUGH_CODES:
                return JSONResponse({kind: _no_borough()})
            return JSONResponse({kind: twin.answer(kind, parts, code)})

        return endpoint

    @staticmethod
    def _code(borough: str | None, postal: str | None) -> str | None:
        """Return the borough's code, `?` for a strange one, None when neither was given."""
        city = load_city("nyc")
        codes = {row.name.casefold(): row.code for row in city.boroughs} | _BOROUGH_CODES
        if borough:
            return codes.get(borough.strip().casefold(), "?")
        if postal:
            return codes.get(city.gazetteer.zips.get(postal.strip(), "").casefold(), "?")
        return None

    async def lot(self, request: Request, version: str) -> Response:
        """Answer a tax lot given as borough, block and lot."""
        query = request.query_params
        code = self._code(query.get("borough"), None) or "?"
        number = f"{code}{query.get('block', '').zfill(5)}{query.get('lot', '').zfill(4)}"
        return JSONResponse({"bbl": self.search_twin().answer("bbl", (number,), code)})

    async def normalize(self, request: Request, version: str) -> Response:
        """Answer the comparable form of a street."""
        name = canonical_street(request.query_params.get("name", ""))
        fields = {"geosupportReturnCode": "00", "firstStreetNameNormalized": name}
        return JSONResponse({"normalize": fields})

    async def version(self, request: Request, version: str) -> Response:
        """Answer the version."""
        return JSONResponse({"version": "2.0.4-twin" if version == "v2" else "1.12.7-twin"})


def _no_borough() -> dict[str, str]:
    message = "INVALID BOROUGH CODE. MUST BE 1, 2, 3, 4 OR 5."
    return {"geosupportReturnCode": "99", "geosupportReturnCode2": "99", "message": message}
