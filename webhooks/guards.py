"""Guards in front of pages and instruments that only this machine may see.

Loopback is told by the connection, never by a header; a request that was forwarded, or that names
a foreign host (a rebound name in somebody's browser), is not a local one.
"""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from webhooks.body import header

FORWARDED = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"x-forwarded-host")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def from_loopback(scope: Scope) -> bool:
    """Return whether a request comes straight from this machine and was meant for it."""
    client = scope.get("client")
    if not client or any(header(scope, name) is not None for name in FORWARDED):
        return False
    try:
        return ip_address(client[0]).is_loopback and _host_name(scope) in LOCAL_NAMES
    except ValueError:
        return False


def bears(scope: Scope, token: str) -> bool:
    """Return whether a request carries this bearer token; an empty token is never carried."""
    sent = header(scope, b"authorization") or b""
    return bool(token) and hmac.compare_digest(sent, b"Bearer " + token.encode())


def _host_name(scope: Scope) -> str:
    """Return the host a request names, without its port."""
    host = (header(scope, b"host") or b"").decode("latin-1").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _from_own_page(scope: Scope) -> bool:
    """Return False for a change asked for by another site's page (browsers say who asks)."""
    site = header(scope, b"sec-fetch-site")
    if site is not None and site not in {b"same-origin", b"none"}:
        return False
    origin = header(scope, b"origin")
    host = header(scope, b"host") or b""
    return origin is None or origin.partition(b"://")[2] == host


class LoopbackOnly:
    """Pure ASGI guard: everything but direct local requests gets the 404 of a missing page.

    Requests that change something must also come from our own page, not from another site that
    is open in the same browser.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a local request on, refuse any other."""
        if not from_loopback(scope):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"} and not _from_own_page(scope):
            await PlainTextResponse("forbidden", 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)
