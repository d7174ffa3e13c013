"""The twin's page: channels, cards, threads, modals and homes, to be looked at and pressed.

`GET /slack/` at the sandbox. Plain HTML, script and style, nothing from elsewhere; what people
wrote is only ever put in as text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

STATIC = Path(__file__).parent / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def page_routes() -> APIRouter:
    """Return the routes of the page and its files."""
    router = APIRouter()
    for name in ("page.html", "page.js", "blocks.js", "page.css"):
        path = "/" if name == "page.html" else f"/{name}"
        router.add_api_route(path, _serve(STATIC / name), methods=["GET"], name=name)
    return router


def _serve(path: Path) -> Callable[[], Awaitable[Response]]:
    content = path.read_bytes()
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}

    async def serve() -> Response:
        return Response(content, media_type=f"{KINDS[path.suffix]}; charset=utf-8", headers=headers)

    return serve
