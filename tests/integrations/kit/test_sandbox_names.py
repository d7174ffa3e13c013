"""A served sandbox cannot be reached through somebody's browser."""

from __future__ import annotations

import httpx
import pytest

from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.names import is_meant_for_us


async def _ask(path: str, host: str, **headers: str) -> int:
    app = create_sandbox(only=("nyc311",), addresses_only=True)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
        return (await http.get(path, headers=headers)).status_code


@pytest.mark.parametrize("path", ["/_sandbox/log", "/nyc311/_control/none", "/_sandbox/clock"])
async def test_a_rebound_name_finds_nothing(path: str) -> None:
    """The log, the switches and every twin are hidden from a page whose name resolves to us."""
    for host in ("evil.example", "127.0.0.1.nip.io", "localhost.evil.example:8312"):
        assert await _ask(path, host) == 404


async def test_addresses_and_localhost_are_served() -> None:
    """What the embedded form itself and people at the terminal use goes on working."""
    for host in ("127.0.0.1:8312", "localhost:8312", "[::1]:8312", "LOCALHOST"):
        assert await _ask("/_sandbox/clock", host) == 200


def test_another_site_is_not_served() -> None:
    """A request from a page of another site is refused by its Origin; our own page is not."""
    host = (b"host", b"127.0.0.1:8312")
    assert not is_meant_for_us([host, (b"origin", b"https://evil.example")])
    assert not is_meant_for_us([host, (b"origin", b"null")])
    assert not is_meant_for_us([])
    assert is_meant_for_us([host, (b"Origin", b"http://127.0.0.1:8312")])
