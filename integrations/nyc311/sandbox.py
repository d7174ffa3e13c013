"""The twin of NYC 311: the guide's face and the public read API over one store.

Mounted at `/nyc311`: the guide's face below `/v1` and `/311/v1`, the public one below
`/public/api`.
`POST /_control` sets pace, quota, suspension and `honour_idempotency` (off: the real one is not
known to honour keys). `POST /_control/requests/<number>` `{"status", "resolution"}` changes one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from conversations.vocabulary.places import Place, PlaceKind
from conversations.vocabulary.requests import RequestStatus
from integrations.cities import load_pack
from integrations.kit.caller import Caller
from integrations.kit.ports import ServiceRequestDraft
from integrations.kit.sandbox.azure import AzureGateway, refuse
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.nyc311.adapter import Nyc311Adapter
from integrations.nyc311.store import Record, Store
from integrations.nyc311.validation import find_problem
from integrations.nyc311.views import public_view, seed_view

OPERATIONS = (
    ("submit", "POST", "*/service-requests"),
    ("status", "GET", "*/service-requests/*"),
    ("public_status", "GET", "*/GetServiceRequest*"),
    ("status_batch", "POST", "*/GetServiceRequestList"),
)


def build(world: World) -> FastAPI:
    """Return the twin for one world."""
    app = FastAPI(openapi_url=None)
    twin = _Twin(world)
    for prefix in ("/v1", "/311/v1"):
        app.include_router(twin.seed_routes(), prefix=prefix)
    app.include_router(twin.public_routes(), prefix="/public/api")
    app.include_router(twin.control_routes(), prefix="/_control")

    @app.exception_handler(404)
    async def not_found(_request: Request, _error: Exception) -> JSONResponse:
        return refuse(404, "Resource not found")

    return app


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call of each operation the adapter uses, against this twin."""
    key = DEFAULTS["nyc311_key"]
    seed = Nyc311Adapter(caller, f"{base_url}/v1", key)
    public = Nyc311Adapter(caller, f"{base_url}/public/api", key, "public_readonly")
    place = Place("123 Broadway, Brooklyn", PlaceKind.ADDRESS, 40.71029, -73.96447, zip="11249")
    draft = ServiceRequestDraft(
        reference="CH-TEST-01",
        idempotency_key="exercise",
        type_key="pothole",
        complaint_type="Street Condition",
        descriptor="Pothole",
        agency="DOT",
        place=place,
    )
    return {
        "submit": lambda: seed.submit(draft),
        "status": lambda: seed.status("NYC311-2025-0423-1234"),
        "public_status": lambda: public.status("311-10935582"),
        "status_batch": lambda: public.statuses(["311-10935582"]),
    }


class _Twin:
    """Both faces and the controls."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._pack = load_pack("nyc")
        self._store = Store(world, dict(self._pack.agencies))
        self._gateway = AzureGateway(world, calls=10, window_s=1.0, quota_daily=100_000)
        self._honour = False

    def _refused(self, request: Request, header: str) -> JSONResponse | None:
        given = request.headers.get(header)
        return self._gateway.check(given, self._world.settings.get("nyc311_key", ""))

    def seed_routes(self) -> APIRouter:
        """Return the guide's face."""
        router = APIRouter()

        @router.post("/service-requests")
        async def submit(request: Request) -> Response:
            return self._refused(request, "X-Api-Key") or await self._submit(request)

        @router.get("/service-requests/{number}")
        async def status(number: str, request: Request) -> Response:
            refused = self._refused(request, "X-Api-Key")
            if refused:
                return refused
            record = self._store.find(number)
            if record is None:
                return refuse(404, "Resource not found")
            return JSONResponse(seed_view(record, self._world.now(), self._pack.status_words))

        return router

    async def _submit(self, request: Request) -> Response:
        try:
            body: Any = await request.json()
        except ValueError:
            body = None
        problem = find_problem(body, self._pack)
        if problem:
            error = {"code": "BadRequest", "message": problem}
            return JSONResponse({"error": error}, status_code=400)
        if request.query_params.get("test", "").casefold() == "true":
            return self._filed(self._store.make(body), test=True)
        key = request.headers.get("Idempotency-Key", "")
        known = self._store.find_key(key) if self._honour and key else None
        if known:
            return self._filed(known, {"Idempotent-Replayed": "true"})
        record = self._store.file(body)
        if key:
            self._store.keep_key(key, record)
        return self._filed(record)

    @staticmethod
    def _filed(
        record: Record, headers: dict[str, str] | None = None, *, test: bool = False
    ) -> JSONResponse:
        body: dict[str, Any] = {"trackingNumber": record.number, "status": "Open"}
        if test:
            body["test"] = True
        return JSONResponse(body, status_code=201, headers=headers)

    def public_routes(self) -> APIRouter:
        """Return the public read API."""
        router = APIRouter()
        header = "Ocp-Apim-Subscription-Key"

        @router.get("/GetServiceRequest")
        async def get_one(request: Request) -> Response:
            refused = self._refused(request, header)
            if refused:
                return refused
            record = self._store.find(request.query_params.get("srnumber", ""))
            if record is None:
                error = {"Code": "NotFound", "Message": "Service request not found"}
                return JSONResponse({"Error": error})
            return JSONResponse(self._public(record))

        @router.post("/GetServiceRequestList")
        async def get_many(request: Request) -> Response:
            refused = self._refused(request, header)
            if refused:
                return refused
            try:
                numbers = (await request.json())["SRNumbers"]
                found = [self._store.find(str(number)) for number in numbers[:100]]
            except (ValueError, KeyError, TypeError):
                error = {"Code": "BadRequest", "Message": "Invalid Parameter: SRNumbers"}
                return JSONResponse({"Error": error}, status_code=400)
            return JSONResponse({"SRResponses": [self._public(row) for row in found if row]})

        return router

    def _public(self, record: Record) -> dict[str, Any]:
        return public_view(record, self._world.now(), self._pack)

    def control_routes(self) -> APIRouter:
        """Return the twin's own switches."""
        router = APIRouter()

        @router.post("")
        async def control(order: dict[str, Any]) -> dict[str, str]:
            self._gateway.configure(order)
            if isinstance(order.get("honour_idempotency"), bool):
                self._honour = order["honour_idempotency"] is True
            return {"status": "ok"}

        @router.get("/requests")
        async def list_requests() -> list[dict[str, Any]]:
            now, words = self._world.now(), self._pack.status_words
            return [
                {
                    **seed_view(record, now, words),
                    "srNumber": record.sr_number,
                    "reference": record.reference,
                    "submitted": record.body,
                }
                for record in self._store.records()
            ]

        @router.post("/requests/{number}")
        async def force(number: str, order: dict[str, Any]) -> Response:
            try:
                status = RequestStatus(order["status"])
            except (ValueError, KeyError):
                return JSONResponse({"error": "unknown status"}, status_code=422)
            resolution = order.get("resolution")
            text = str(resolution) if resolution is not None else None
            record = self._store.force(number, status, text)
            if record is None:
                return JSONResponse({"error": "no such request"}, status_code=404)
            return JSONResponse(seed_view(record, self._world.now(), self._pack.status_words))

        return router
