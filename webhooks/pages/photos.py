"""`GET /photos/<token>`: one photo of a report, for the city's staff who have its link.

The token says which photo and until when; without a good one the answer is the same 404 as for a
photo that was never there. Pictures are served as downloads of their own kind, never as a page.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.photos import sniff
from webhooks.wiring import Shell


def photo_routes(shell: Shell) -> list[Route]:
    """Return the route over this shell."""

    async def show(request: Request) -> Response:
        photo_id = shell.photo_links.check(request.path_params["token"])
        content = await shell.photos.read(photo_id) if photo_id else None
        kind = sniff(content) if content else None
        if content is None or kind is None:
            return Response("Not Found", 404, media_type="text/plain")
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return Response(content, media_type=kind, headers=headers)

    return [Route("/photos/{token}", show, methods=["GET"])]
