"""The ASGI application: signed doors, instruments and, in the embedded form, the playground.

Middleware is pure ASGI (the decorator form costs 250 us a request), no documentation page and no
schema is served, and the start fails when a route that changes something is unsigned.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from webhooks.health import health_routes
from webhooks.inbound.door import SignedEndpoint
from webhooks.inbound.registry import find_doors
from webhooks.limits import ForgeryCap
from webhooks.pages.follow.routes import follow_routes
from webhooks.pages.photos import photo_routes
from webhooks.routes import check_routes
from webhooks.wiring import Shell


def create_app(shell: Shell) -> FastAPI:
    """Return the application over a wired shell.

    Opening and closing the shell is the caller's business (`main.py serve`); setting
    `app.state.stopping` ends the page's streams, which would otherwise hold up the shutdown.

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
        lifespan=_closing,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    cap = ForgeryCap()
    for door in find_doors(shell):
        endpoint = SignedEndpoint(door, shell.settings.public_base_url, cap)
        app.router.routes.append(Route(door.path, endpoint))
    app.router.routes.extend(health_routes(shell))
    app.router.routes.extend(photo_routes(shell))
    app.router.routes.extend(follow_routes(shell))
    app.state.stopping = asyncio.Event()
    if shell.settings.playground and shell.settings.sandbox_url:
        _add_playground(app, shell)
    check_routes(app.router.routes)
    return app


@asynccontextmanager
async def _closing(app: FastAPI) -> AsyncIterator[None]:
    """Let go of the playground's connections when the server ends."""
    yield
    if console := getattr(app.state, "playground", None):
        await console.close()


def _add_playground(app: FastAPI, shell: Shell) -> None:
    """Serve the playground; imported only where it is served."""
    from webhooks.pages.playground import Console, playground_mount

    app.state.playground = Console(shell)
    app.router.routes.append(playground_mount(app.state.playground, app.state.stopping))
    for path in ("/", "/playground"):
        app.router.routes.append(Route(path, _to_playground, methods=["GET"]))


async def _to_playground(_request: Request) -> RedirectResponse:
    """Lead a browser to the page; the address without the last slash is what people type."""
    return RedirectResponse("/playground/", 307)
