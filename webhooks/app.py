"""The ASGI application: signed doors, instruments and, in the embedded form, the playground.

Middleware is pure ASGI (the decorator form costs 250 us a request), no documentation page and no
schema is served, and the start fails when a route that changes something is unsigned.
"""

from __future__ import annotations

import asyncio

from fastapi import FastAPI
from starlette.routing import Route

from webhooks.health import health_routes
from webhooks.inbound.door import SignedEndpoint
from webhooks.inbound.registry import find_doors
from webhooks.limits import ForgeryCap
from webhooks.routes import check_routes
from webhooks.wiring import Shell


def create_app(shell: Shell) -> FastAPI:
    """Return the application over a wired shell.

    Opening and closing the shell is the caller's business (`main.py serve`).

    Raises:
        RegistryError: a provider's module is malformed.
        UnsignedRouteError: a route takes changes without a signature.
    """
    app = FastAPI(
        title="CityHelper",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    cap = ForgeryCap()
    for door in find_doors(shell):
        endpoint = SignedEndpoint(door, shell.settings.public_base_url, cap)
        app.router.routes.append(Route(door.path, endpoint))
    app.router.routes.extend(health_routes(shell))
    app.state.stopping = stopping = asyncio.Event()
    if shell.settings.playground and shell.settings.sandbox_url:
        from webhooks.pages.playground import playground_mount  # only where it is served

        app.router.routes.append(playground_mount(shell, stopping))
    check_routes(app.router.routes)
    return app
