"""The playground's routes, behind one guard: this machine only, changes from our page only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles

from webhooks.guards import LoopbackOnly
from webhooks.pages.playground import choices
from webhooks.pages.playground.console import Console, OrderError
from webhooks.pages.playground.mailbox import FRAME, is_mailbox
from webhooks.pages.playground.stream import Watch, events
from webhooks.pages.playground.twins import SandboxAwayError

HERE = Path(__file__).parent
MAX_ORDER_BYTES = 64 * 1024
MOST_STREAMS = 16
"""Pages open at once: each looks at the twins five times a second, and any site can open one."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
Endpoint = Callable[[Request], Awaitable[Response]]


def playground_mount(console: Console, stopping: asyncio.Event) -> Mount:
    """Return the playground, guarded; its streams end when `stopping` is set."""
    routes: list[BaseRoute] = [
        Route("/", _page(console), methods=["GET"]),
        Route("/events", _events(console, stopping), methods=["GET"]),
        Route("/flows", _reading(lambda _: console.flows()), methods=["GET"]),
        Route("/flows/{name}", _reading(lambda r: console.flow(r.path_params["name"]))),
        Route("/files/{name}", _file(console), methods=["GET"]),
        Route("/mails/{mail}", _frame(console), methods=["GET"]),
        Route("/text", _order(console.text), methods=["POST"]),
        Route("/mail", _order(console.mail), methods=["POST"]),
        Route("/clock", _order(console.move_clock), methods=["POST"]),
        Route("/faults", _order(console.break_it), methods=["POST"]),
        Route("/faults", _reading(lambda _: console.heal()), methods=["DELETE"]),
        Route("/transcript", _order(console.transcript), methods=["POST"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Mount(console.base, LoopbackOnly(_Headed(Router(routes, redirect_slashes=False))))


class _Headed:
    """Pure ASGI: every answer carries the strict headers, or its own in their place."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_headed(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = {bytes(name).lower() for name, _ in message["headers"]}
                strict = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                extra = [(name, value) for name, value in strict if name not in own]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self.app(scope, receive, send_headed)


def _page(console: Console) -> Endpoint:
    """Return the page itself."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(["html", "j2"]),
        trim_blocks=True,
    )
    html = templates.get_template("playground.html.j2").render(
        base=console.base,
        city=console.city,
        number=console.number,
        mailbox=console.mailbox,
        sheets=("base.css", "phone.css", "mailbox.css", "panels.css"),
        **choices.FOR_THE_PAGE,
    )

    async def page(_request: Request) -> Response:
        return HTMLResponse(html)

    return page


def _events(console: Console, stopping: asyncio.Event) -> Endpoint:
    """Return the stream for one phone or mailbox."""
    places = asyncio.Semaphore(MOST_STREAMS)

    async def told(watch: Watch) -> AsyncIterator[bytes]:
        async with places:
            async for event in events(watch, stopping):
                yield event

    async def stream(request: Request) -> Response:
        if places.locked():
            return _json(429, {"error": "Too many pages are open."})
        whose = request.query_params.get("whose", "")
        if not choices.is_number(whose) and not is_mailbox(whose):
            return _json(400, {"error": "This is neither a phone number nor a mail address."})
        watch = Watch(whose, console)
        return StreamingResponse(told(watch), media_type="text/event-stream")

    return stream


def _frame(console: Console) -> Endpoint:
    """Return one mail's page, for its frame."""

    async def frame(request: Request) -> Response:
        try:
            address = request.query_params.get("address", "")
            html = await console.frame(address, request.path_params["mail"])
        except (LookupError, OrderError, SandboxAwayError):
            return Response(status_code=404)
        return HTMLResponse(html, headers={"content-security-policy": FRAME})

    return frame


def _file(console: Console) -> Endpoint:
    """Return a picture of the thread."""

    async def picture(request: Request) -> Response:
        try:
            kind, data = await console.file(request.path_params["name"])
        except (LookupError, SandboxAwayError):
            return Response(status_code=404)
        return Response(data, media_type=kind)

    return picture


def _reading(give: Callable[[Request], Awaitable[Any]]) -> Endpoint:
    """Return an endpoint that answers JSON and takes no body."""

    async def endpoint(request: Request) -> Response:
        return await _answer(lambda: give(request))

    return endpoint


def _order(carry_out: Callable[[dict[str, Any]], Awaitable[Any]]) -> Endpoint:
    """Return an endpoint that takes a JSON object and answers JSON."""

    async def endpoint(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind != "application/json":
            return _json(415, {"error": "JSON, please."})
        body = await request.body()
        try:
            order = orjson.loads(body) if len(body) <= MAX_ORDER_BYTES else None
        except orjson.JSONDecodeError:
            order = None
        if not isinstance(order, dict):
            return _json(400, {"error": "A JSON object, please."})
        return await _answer(lambda: carry_out(order))

    return endpoint


async def _answer(deed: Callable[[], Awaitable[Any]]) -> Response:
    """Return what a deed gives as JSON, or why it could not be done."""
    try:
        return _json(200, await deed())
    except OrderError as error:
        return _json(400, {"error": str(error)})
    except LookupError:
        return _json(404, {"error": "There is no such thing."})
    except SandboxAwayError as error:
        return _json(503, {"error": str(error)})


def _json(status: int, body: Any) -> Response:
    """Return a JSON answer."""
    return Response(orjson.dumps(body), status, media_type="application/json")
