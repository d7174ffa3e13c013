"""The instruments: `/healthz` (alive), `/readyz` (fit to take texts) and `/metrics` (Prometheus).

Ready means that a text sent now would be kept: the database takes a write (a full or locked one
still answers questions). Redis away or a breaker open costs time, never messages, so the answer
stays 200 and says `degraded` with the name; taking every instance out of service for that would be
the greater harm.

`/metrics` is for this machine only; from elsewhere it wants `METRICS_TOKEN` as a bearer token. It
tells of this process alone; workers and chores serve their own (`instruments.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.breakers import read_states
from webhooks.guards import bears, from_loopback
from webhooks.wiring import Shell

PROBE_SECONDS = 2.0
"""How long one probe may take before the thing counts as away (seconds)."""

Probe = Callable[[], Awaitable[Any]]


def health_routes(shell: Shell) -> list[Route]:
    """Return the three routes over this shell."""

    async def readyz(_request: Request) -> Response:
        database, redis = await asyncio.gather(
            _answers(shell.pulse.beat), _answers(shell.redis.ping)
        )
        own = shell.breakers()
        breakers = await read_states(shell.redis, own) if redis else own
        return _json(*readiness(database, redis, breakers))

    return [
        healthz_route(),
        Route("/readyz", readyz, methods=["GET"]),
        metrics_route(shell.settings.metrics_token.get_secret_value()),
    ]


def healthz_route() -> Route:
    """Return `/healthz`: it answers as long as the process's event loop goes round."""

    async def healthz(_request: Request) -> Response:
        return _json(200, {"status": "alive"})

    return Route("/healthz", healthz, methods=["GET"])


def metrics_route(token: str) -> Route:
    """Return `/metrics` of this process; `token` lets another machine ask, an empty one none."""

    async def metrics(request: Request) -> Response:
        if not from_loopback(request.scope) and not bears(request.scope, token):
            return Response("Not Found", 404, media_type="text/plain")
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics, methods=["GET"])


def readiness(
    database: bool, redis: bool, breakers: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    """Return the status code and the body of `/readyz`.

    Args:
        database: whether it took a write.
        redis: whether it answered.
        breakers: provider to `closed`, `open` or `half-open`.
    """
    shut = sorted(name for name, state in breakers.items() if state != "closed")
    word = "ready" if redis and not shut else "degraded"
    body = {
        "status": word if database else "unavailable",
        "database": "up" if database else "down",
        "redis": "up" if redis else "down",
        "breakers": dict(breakers),
    }
    return (200 if database else 503), body


async def _answers(probe: Probe) -> bool:
    """Return whether a probe succeeds in time; why it did not is the business of its own log."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe()
    except Exception:
        return False
    return True


def _json(status: int, body: Mapping[str, Any]) -> Response:
    """Return a JSON answer that nobody caches."""
    return Response(
        orjson.dumps(body),
        status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
