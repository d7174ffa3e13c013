"""The instruments: alive, ready, degraded, and metrics for this machine only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from webhooks import health


@dataclass
class Thing:
    """A database or Redis that answers, raises or hangs."""

    manner: str = "up"

    posts: dict[str, bytes] = field(default_factory=dict)

    async def ping(self) -> None:
        """Behave as told."""
        if self.manner == "down":
            raise ConnectionError("away")
        if self.manner == "hangs":
            await asyncio.sleep(60)

    beat = ping

    async def scan_iter(self, match: str, count: int) -> AsyncIterator[str]:
        """Yield the keys of what workers posted."""
        for key in self.posts:
            yield key

    async def mget(self, keys: list[str]) -> list[bytes]:
        """Return what they posted."""
        return [self.posts[key] for key in keys]


@dataclass
class FakeShell:
    """What the instruments need of the shell."""

    pulse: Thing = field(default_factory=Thing)
    redis: Thing = field(default_factory=Thing)
    states: dict[str, str] = field(default_factory=lambda: {"twilio": "closed"})
    settings: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(metrics_token=SecretStr("m" * 32))
    )

    def breakers(self) -> dict[str, str]:
        """Return the breakers' states."""
        return self.states


async def ask(
    shell: FakeShell,
    path: str,
    client: str = "127.0.0.1",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Return the answer to a GET from `client`."""
    app = Starlette(routes=health.health_routes(shell))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8311") as http:
        return await http.get(path, headers=headers)


async def test_alive_asks_nothing() -> None:
    """Being alive does not depend on anything else."""
    shell = FakeShell(pulse=Thing("down"), redis=Thing("down"))
    assert (await ask(shell, "/healthz")).json() == {"status": "alive"}


async def test_ready_when_everything_answers() -> None:
    """All up is ready."""
    answer = await ask(FakeShell(), "/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


@pytest.mark.parametrize("manner", ["down", "hangs"])
async def test_not_ready_without_the_database(manner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away or hangs means that a text could not be kept: 503."""
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.05)
    answer = await ask(FakeShell(pulse=Thing(manner)), "/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")


async def test_degraded_without_redis_or_with_an_open_breaker() -> None:
    """Redis away or a breaker open is said, and texts are still taken."""
    answer = await ask(FakeShell(redis=Thing("down")), "/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    answer = await ask(FakeShell(states={"geoclient": "open", "twilio": "closed"}), "/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["breakers"]["geoclient"] == "open"


async def test_breaker_open_in_a_worker_is_seen_by_the_web_process() -> None:
    """Breakers live where the calls are made; `/readyz` tells the worst of all processes."""
    posts = {"ch:breakers:w1": b'{"nyc311":"open","twilio":"closed"}', "ch:breakers:w2": b"{}"}
    answer = await ask(FakeShell(redis=Thing(posts=posts)), "/readyz")
    assert answer.json()["breakers"] == {"nyc311": "open", "twilio": "closed"}
    assert answer.json()["status"] == "degraded"


async def test_metrics_only_for_this_machine_or_with_the_token() -> None:
    """Metrics are a missing page to strangers, forwarded requests and wrong tokens."""
    shell = FakeShell()
    assert (await ask(shell, "/metrics")).status_code == 200
    assert (await ask(shell, "/metrics", "203.0.113.1")).status_code == 404
    forwarded = {"x-forwarded-for": "203.0.113.1"}
    assert (await ask(shell, "/metrics", headers=forwarded)).status_code == 404
    wrong = {"authorization": "Bearer wrong"}
    assert (await ask(shell, "/metrics", "203.0.113.1", wrong)).status_code == 404
    right = {"authorization": "Bearer " + "m" * 32}
    assert (await ask(shell, "/metrics", "203.0.113.1", right)).status_code == 200


async def test_empty_token_opens_nothing() -> None:
    """Without METRICS_TOKEN an empty bearer token is not a key."""
    shell = FakeShell(settings=SimpleNamespace(metrics_token=SecretStr("")))
    empty = {"authorization": "Bearer "}
    assert (await ask(shell, "/metrics", "203.0.113.1", empty)).status_code == 404
