"""The sandbox as one ASGI app: every provider's twin at `/<provider>`, the switches before them.

GET    /_sandbox/log?provider=&operation=&since=   calls received, oldest first
DELETE /_sandbox/log                               forget them
POST   /_sandbox/faults                            switch a fault on (see `faults.py`)
GET    /_sandbox/faults, DELETE /_sandbox/faults?provider=&id=
GET    /_sandbox/clock, POST /_sandbox/clock       {"advance_s": 3600} or {"to": ISO time}
GET    /_sandbox/effects?provider=                 our reference to how often it took effect
GET    /_sandbox/providers                         what was found, with its operations
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import PlainTextResponse

from integrations.kit.discovery import ProviderFolder, find_providers
from integrations.kit.sandbox.faults import Fault
from integrations.kit.sandbox.gate import Gate
from integrations.kit.sandbox.names import is_meant_for_us
from integrations.kit.sandbox.world import World


class FaultOrder(BaseModel):
    """The body of `POST /_sandbox/faults`; fields as in `faults.Fault`."""

    model_config = ConfigDict(extra="forbid")
    provider: str
    kind: str
    operation: str | None = None
    path: str | None = None
    method: str | None = None
    status: int = 500
    retry_after: int | None = None
    seconds: float = Field(default=30.0, ge=0, le=600)
    times: int = Field(default=1, ge=0)
    after: int = Field(default=0, ge=0)


class ClockOrder(BaseModel):
    """The body of `POST /_sandbox/clock`: one of the two."""

    model_config = ConfigDict(extra="forbid")
    advance_s: float | None = Field(default=None, ge=0)
    to: datetime | None = None


class SandboxApp(FastAPI):
    """FastAPI with the twins before it, outside its middleware.

    Outside, because FastAPI's middleware hides the connection a fault wants to break.
    """

    gates: dict[str, Gate]
    addresses_only = False

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Hand a call for `/<provider>/...` to its gate, everything else to FastAPI."""
        if (
            self.addresses_only
            and scope["type"] == "http"
            and not is_meant_for_us(scope["headers"])
        ):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
            return
        provider = scope["path"].split("/", 2)[1] if scope["type"] == "http" else ""
        gate = self.gates.get(provider)
        if gate is None:
            await super().__call__(scope, receive, send)
            return
        # `root_path` is what Starlette's Mount sets: the twin's routes need no prefix.
        await gate(
            {**scope, "root_path": f"{scope.get('root_path', '')}/{provider}"}, receive, send
        )


def create_sandbox(
    *,
    public_base_url: str = "",
    twilio_token: str = "",
    settings: Mapping[str, str] | None = None,
    world: World | None = None,
    only: tuple[str, ...] = (),
    addresses_only: bool = False,
) -> FastAPI:
    """Return the sandbox with every twin that is found.

    Args:
        public_base_url: where the twin of Twilio sends residents' texts and receipts.
        twilio_token: the auth token it signs them with.
        settings: further values, see `world.DEFAULTS`.
        world: an own world instead (then the other arguments are not used).
        only: names of providers, to leave the others out.
        addresses_only: answer only calls that name an address or `localhost`, as anything that
            is really served should (see `names.py`).

    The world is at `app.state.world`.
    """
    chosen = dict(settings or {})
    if public_base_url:
        chosen["public_base_url"] = public_base_url
    if twilio_token:
        chosen["twilio_auth_token"] = twilio_token
    world = world or World(chosen)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await world.close()

    app = SandboxApp(title="CityHelper sandbox", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.world = world
    app.addresses_only = addresses_only
    app.gates = {}
    for folder in find_providers(only=only):
        app.gates[folder.name] = Gate(world, folder.name, _build(folder, world))
    _add_switches(app, world)
    _add_clock(app, world)
    return app


def _build(folder: ProviderFolder, world: World) -> FastAPI:
    twin = folder.load("sandbox")
    world.operations[folder.name] = tuple(getattr(twin, "OPERATIONS", ()))
    built: FastAPI = twin.build(world)
    return built


def _add_switches(app: FastAPI, world: World) -> None:
    @app.get("/_sandbox/log")
    async def show_log(
        provider: str | None = None, operation: str | None = None, since: int = 0
    ) -> list[dict[str, Any]]:
        return [entry.to_json() for entry in world.journal.entries(provider, since, operation)]

    @app.delete("/_sandbox/log", status_code=204)
    async def forget_log() -> None:
        world.journal.clear()

    @app.post("/_sandbox/faults", status_code=201)
    async def add_fault(order: FaultOrder) -> dict[str, Any]:
        try:
            return world.faults.add(Fault(**order.model_dump())).to_json()
        except ValueError as error:
            raise HTTPException(422, str(error)) from None

    @app.get("/_sandbox/faults")
    async def list_faults() -> list[dict[str, Any]]:
        return [fault.to_json() for fault in world.faults.list()]

    @app.delete("/_sandbox/faults", status_code=204)
    async def clear_faults(provider: str | None = None, id: int | None = None) -> None:  # noqa: A002
        world.faults.clear(provider, id)


def _add_clock(app: FastAPI, world: World) -> None:
    @app.get("/_sandbox/clock")
    async def show_clock() -> dict[str, str]:
        return {"now": world.now().isoformat()}

    @app.post("/_sandbox/clock")
    async def move_clock(order: ClockOrder) -> dict[str, str]:
        if order.to is not None and order.to.tzinfo is None:
            raise HTTPException(422, "`to` needs a time zone")
        if order.to is not None:
            world.move_to(order.to)
        world.advance(order.advance_s or 0.0)
        return {"now": world.now().isoformat()}

    @app.get("/_sandbox/effects")
    async def show_effects(provider: str | None = None) -> list[dict[str, Any]]:
        return [
            {"provider": name, "reference": reference, "count": count}
            for (name, reference), count in world.effects.items()
            if provider in (None, name)
        ]

    @app.get("/_sandbox/providers")
    async def show_providers() -> dict[str, list[str]]:
        return {
            name: [operation for operation, _, _ in found]
            for name, found in world.operations.items()
        }
