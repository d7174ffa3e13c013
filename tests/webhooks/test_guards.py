"""What only this machine may see, and the start-up check of routes."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

import httpx
import pytest
from knocking import Desk, make_endpoint
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router

from webhooks.guards import LoopbackOnly
from webhooks.inbound.registry import RegistryError, find_doors
from webhooks.routes import UnsignedRouteError, check_routes


async def hello(_request: object) -> PlainTextResponse:
    """Answer a guarded page."""
    return PlainTextResponse("hello")


async def ask(
    client: str, method: str = "GET", host: str = "127.0.0.1:8311", **headers: str
) -> int:
    """Return the status of a request to a guarded page."""
    app = Starlette(
        routes=[Mount("/page", LoopbackOnly(Router([Route("/", hello, methods=["GET", "POST"])])))]
    )
    transport = httpx.ASGITransport(app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await http.request(method, "/page/", headers=sent)).status_code


async def test_guarded_page_is_for_loopback_only() -> None:
    """From this machine the page is there; from any other it does not exist."""
    assert await ask("127.0.0.1") == 200
    assert await ask("::1") == 200
    assert await ask("192.0.2.1") == 404
    assert await ask("not an address") == 404


async def test_forwarded_and_rebound_requests_are_not_local() -> None:
    """A proxy on this machine, or a foreign name that resolves to it, opens nothing."""
    assert await ask("127.0.0.1", x_forwarded_for="127.0.0.1") == 404
    assert await ask("127.0.0.1", forwarded="for=127.0.0.1") == 404
    assert await ask("127.0.0.1", host="evil.example") == 404


async def test_changes_come_from_our_own_page_only() -> None:
    """Another site open in the same browser cannot make the page do things."""
    assert await ask("127.0.0.1", "POST", origin="http://127.0.0.1:8311") == 200
    assert await ask("127.0.0.1", "POST", origin="https://evil.example") == 403
    assert await ask("127.0.0.1", "POST", sec_fetch_site="cross-site") == 403
    assert await ask("127.0.0.1", "POST", origin="null") == 403


def test_unsigned_routes_stop_the_start() -> None:
    """A route that takes POST, everything, or hides in a mount is named and refused."""
    signed = Route("/in/fake", make_endpoint(Desk()))
    reading = Route("/healthz", hello, methods=["GET"])
    guarded = Mount("/page", LoopbackOnly(Router([Route("/x", hello, methods=["POST"])])))
    check_routes([signed, reading, guarded])
    loose = [
        Route("/loose", hello, methods=["POST"]),
        Mount("/sub", routes=[Route("/deep", hello, methods=["DELETE"])]),
        Mount("/dark", PlainTextResponse("?")),
    ]
    with pytest.raises(UnsignedRouteError) as error:
        check_routes([signed, reading, *loose])
    for path in ("/loose", "/sub/deep", "/dark"):
        assert path in str(error.value)


def test_malformed_provider_module_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider's module without `doors` is an error that names it."""
    package = ModuleType("webhooks.inbound")
    package.__path__ = ["unused"]
    monkeypatch.setattr("pkgutil.iter_modules", lambda _path: [SimpleNamespace(name="acme")])
    monkeypatch.setattr("importlib.import_module", ModuleType)
    with pytest.raises(RegistryError, match="acme"):
        find_doors(SimpleNamespace(), package)  # type: ignore[arg-type]
