"""Connections that take their time, against a real server: they keep nobody out."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from webhooks import connections
from webhooks.connections import GuardedProtocol

LIMIT = 20
SECONDS = 0.6


class Impatient(GuardedProtocol):
    """The protocol with limits a test can wait for."""

    limit = LIMIT
    seconds = SECONDS


async def _hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A real server with the guarded protocol, and its port."""
    app = Starlette(routes=[Route("/", _hello, methods=["GET", "POST"])])
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=Impatient, ws="none", lifespan="off", log_config=None, limit_concurrency=LIMIT + 5
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([bound]))
    while not server.started:  # noqa: ASYNC110  uvicorn has no event
        await asyncio.sleep(0.01)
    yield bound.getsockname()[1]
    server.should_exit = True
    await task
    bound.close()


class Line:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int, first: bytes = b"") -> Line:
        """Connect and send the first bytes."""
        line = cls(*await asyncio.open_connection("127.0.0.1", port))
        line.writer.write(first)
        return line

    async def is_cut(self, within_s: float) -> bool:
        """Return whether the server ends the connection in time."""
        try:
            async with asyncio.timeout(within_s):
                while await self.reader.read(65536):
                    continue
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Let go."""
        self.writer.transport.abort()


async def _ask(port: int) -> int:
    async with httpx.AsyncClient() as http:
        return (await http.get(f"http://127.0.0.1:{port}/")).status_code


HALF = b"POST / HTTP/1.1\r\nHost: x\r\nX-a: "


async def test_half_open_connections_keep_nobody_out(port: int) -> None:
    """Three times as many as the server bears wait for ever; a genuine request is answered."""
    lines = [await Line.open(port, HALF) for _ in range(3 * LIMIT)]
    await asyncio.sleep(0.05)
    assert await _ask(port) == 200
    assert await lines[0].is_cut(0.2)  # the one that waited longest
    for line in lines:
        line.close()


@pytest.mark.parametrize(
    "first",
    [
        b"",
        HALF,
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n",
    ],
    ids=["silent", "half a head", "a body after the answer", "half a second request"],
)
async def test_a_request_must_arrive_in_time(port: int, first: bytes) -> None:
    """Dripping a byte now and then does not keep a connection open."""
    line = await Line.open(port, first)

    async def drip() -> None:
        while True:
            await asyncio.sleep(0.1)
            line.writer.write(b"x")

    dripping = asyncio.create_task(drip()) if first else None
    assert await line.is_cut(SECONDS * 2)
    if dripping:
        dripping.cancel()
    line.close()


async def test_a_head_without_end_is_cut(port: int) -> None:
    """One endless header and endless headers end the connection before they fill the memory."""
    for piece in (b"a" * 8192, b"a: b\r\n" * 1000):
        line = await Line.open(port, HALF)
        sent = 0
        while sent < 20 * connections.MAX_HEAD_BYTES and not line.writer.is_closing():
            line.writer.write(piece)
            sent += len(piece)
            await asyncio.sleep(0)
        assert await line.is_cut(0.3)
        line.close()


async def test_kept_connections_serve_on(port: int) -> None:
    """A client that keeps its connection and is quick is not cut, also beyond the deadline."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        for _ in range(4):
            answer: Any = await http.post("/", content=b"x" * 50_000)
            assert answer.status_code == 200
            await asyncio.sleep(SECONDS / 2)
    await asyncio.sleep(0.05)
    assert not Impatient._waiting
