"""The instruments of processes without doors, scraped over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.storage.engine import open_storage
from bot.storage.migrations import migrate
from webhooks import instruments
from webhooks.instruments import serve_instruments

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "t" * 32


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@asynccontextmanager
async def serving(port: int, token: str = "") -> AsyncIterator[httpx.AsyncClient]:
    """Serve the instruments in this process."""
    stop = asyncio.Event()
    task = asyncio.create_task(serve_instruments("127.0.0.1", port, token, stop))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        yield http
    stop.set()
    await task


async def until_answered(http: httpx.AsyncClient, path: str) -> httpx.Response:
    """Return the first answer; the server may still be on its way."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await http.get(path)
            except httpx.TransportError:
                await asyncio.sleep(0.02)


async def test_metrics_and_healthz_are_served() -> None:
    """A scrape gets this process's counters, and the port is free again afterwards."""
    port = free_port()
    async with serving(port) as http:
        assert (await until_answered(http, "/healthz")).json() == {"status": "alive"}
        scraped = await http.get("/metrics")
        assert "adapter_calls_total" in scraped.text
        assert (await http.get("/in/twilio")).status_code == 404
    socket.create_server(("127.0.0.1", port)).close()


async def test_from_elsewhere_only_with_the_token() -> None:
    """A request that was forwarded, or names another host, needs the bearer token."""
    async with serving(free_port(), TOKEN) as http:
        await until_answered(http, "/healthz")
        for foreign in ({"x-forwarded-for": "203.0.113.9"}, {"host": "rebound.example"}):
            assert (await http.get("/metrics", headers=foreign)).status_code == 404
            told = {**foreign, "authorization": f"Bearer {TOKEN}"}
            assert (await http.get("/metrics", headers=told)).status_code == 200


async def test_port_nought_serves_nothing() -> None:
    """Without a port the task ends at once."""
    await serve_instruments("127.0.0.1", 0, "", asyncio.Event())


async def test_a_taken_port_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process holds the port work goes on; when it lets go, the port is taken."""
    monkeypatch.setattr(instruments, "RETRY_S", 0.02)
    tried = asyncio.Event()
    bind = instruments._bind

    def watched(host: str, port: int) -> socket.socket | None:
        bound = bind(host, port)
        if bound is None:
            tried.set()
        return bound

    monkeypatch.setattr(instruments, "_bind", watched)
    port = free_port()
    held = socket.create_server(("127.0.0.1", port))
    async with serving(port) as http:
        await tried.wait()
        held.close()
        assert (await until_answered(http, "/healthz")).status_code == 200


@pytest.fixture
async def environment(tmp_path: Path) -> dict[str, str]:
    """The settings of a process over a fresh database, with no Redis and no twins."""
    database = f"sqlite+aiosqlite:///{tmp_path}/cityhelper.db"
    storage = open_storage(database)
    await migrate(storage)
    await storage.close()
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DATABASE_URL": database,
        "DATA_DIR": str(tmp_path),
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "SECRET_KEYS": f"1:{key}",
        "INDEX_KEYS": key,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKENS": "a" * 32,
        "NYC311_KEY": "k" * 32,
        "GEOCLIENT_APP_KEY": "g" * 32,
    }


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes to be ended with the test."""
    running: list[subprocess.Popen[bytes]] = []
    yield running
    for process in running:
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("name", "setting", "metric"),
    [
        ("work", "METRICS_PORT_WORK", "turns_total"),
        ("chores", "METRICS_PORT_CHORES", 'chores_total{chore="reconcile",result="done"}'),
    ],
)
def test_each_process_serves_its_own(
    environment: dict[str, str],
    started: list[subprocess.Popen[bytes]],
    name: str,
    setting: str,
    metric: str,
) -> None:
    """A real process of the production form is scraped on the port its setting names."""
    port = free_port()
    started.append(
        subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), name],
            env={**environment, setting: str(port)},
            stdout=subprocess.DEVNULL,
        )
    )
    deadline, scraped = time.monotonic() + 60, ""
    while metric not in scraped:
        assert time.monotonic() < deadline, scraped
        assert started[0].poll() is None
        try:
            scraped = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        except httpx.TransportError:
            time.sleep(0.2)
    assert "adapter_calls_total" in scraped
