"""Socket Mode: what comes is read as at the doors, and acknowledged only once it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from aiohttp import WSMsgType, web

from integrations.slack.payload import StaffEvent
from integrations.slack.socket_mode import listen

MESSAGE = {
    "type": "event_callback", "team_id": "T0CITY", "event_id": "Ev1",
    "event": {"type": "message", "user": "U0CHEN", "text": "hi", "channel": "C0DESK",
              "ts": "1795372200.000100"},
}  # fmt: skip


@dataclass
class Slack:
    """A Slack to connect to."""

    base: str = ""
    connections: int = 0
    refuse: int = 0
    acknowledged: list[str] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    here: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, request: web.Request) -> web.Response:
        """Hand out where to connect."""
        assert request.headers["Authorization"] == "Bearer xapp-1"
        if self.refuse:
            self.refuse -= 1
            return web.json_response({"ok": False, "error": "internal_error"})
        url = self.base.replace("http", "ws") + "/link"
        return web.json_response({"ok": True, "url": url})

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """Keep a connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.here.set()
        async for message in socket:
            if message.type == WSMsgType.TEXT and message.data.startswith("{"):
                self.acknowledged.append(orjson.loads(message.data)["envelope_id"])
                self.news.set()
        return socket

    async def send(self, envelope: str, kind: str, payload: Any) -> None:
        """Send an envelope."""
        order = {"envelope_id": envelope, "type": kind, "payload": payload}
        await self.sockets[-1].send_json(order)

    async def wait_for(self, count: int) -> None:
        """Wait until so many were acknowledged."""
        async with asyncio.timeout(10):
            while len(self.acknowledged) < count:
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def connected(take: Any, refuse: int = 0) -> AsyncIterator[Slack]:
    """Serve a Slack and listen to it."""
    slack = Slack(refuse=refuse)
    app = web.Application()
    app.add_routes(
        [web.post("/api/apps.connections.open", slack.open), web.get("/link", slack.link)]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    slack.base = f"http://127.0.0.1:{port}"
    stop = asyncio.Event()
    task = asyncio.create_task(
        listen("xapp-1", take, stop, base_url=f"{slack.base}/api", ping_s=0.2)
    )
    try:
        async with asyncio.timeout(10):
            await slack.here.wait()
        yield slack
    finally:
        stop.set()
        await task
        await runner.cleanup()


async def test_what_is_kept_is_acknowledged() -> None:
    """Events, commands and presses arrive as at the doors; the unknown is acknowledged too."""
    kept: list[StaffEvent] = []

    async def take(event: StaffEvent) -> None:
        kept.append(event)

    async with connected(take) as slack:
        await slack.send("e1", "events_api", MESSAGE)
        command = {"team_id": "T0CITY", "user_id": "U0CHEN", "channel_id": "C0DESK",
                   "command": "/cityhelper", "text": "help", "trigger_id": "1.2.3"}  # fmt: skip
        await slack.send("e2", "slash_commands", command)
        await slack.send("e3", "interactive", {"type": "shortcut"})
        await slack.send("e4", "events_api", {"nonsense": True})
        await slack.wait_for(4)

    assert [event.kind for event in kept] == ["message", "command"]
    assert sorted(slack.acknowledged) == ["e1", "e2", "e3", "e4"]


async def test_what_is_not_kept_is_not_acknowledged() -> None:
    """The database is away: Slack gets no word, and brings it again."""
    tries: list[str] = []

    async def take(event: StaffEvent) -> None:
        tries.append(event.key)
        if len(tries) == 1:
            raise OSError("away")

    async with connected(take) as slack:
        await slack.send("e1", "events_api", MESSAGE)
        await slack.send("e1-again", "events_api", MESSAGE)
        await slack.wait_for(1)

    assert slack.acknowledged == ["e1-again"]
    assert len(tries) == 2


async def test_nothing_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The SDK would log every message when asked to; it is given no log."""
    import logging

    async def take(_event: StaffEvent) -> None:
        """Keep it."""

    caplog.set_level(logging.DEBUG)
    async with connected(take) as slack:
        secret = {**MESSAGE, "event": {**MESSAGE["event"], "text": "my secret"}}  # type: ignore[dict-item]
        await slack.send("e1", "events_api", secret)
        await slack.wait_for(1)

    assert "my secret" not in caplog.text
    assert "xapp-1" not in caplog.text


async def test_a_broken_connection_is_opened_again() -> None:
    """Slack closes it now and then: the next one takes its place."""
    kept: list[StaffEvent] = []

    async def take(event: StaffEvent) -> None:
        kept.append(event)

    async with connected(take) as slack:
        slack.here.clear()
        await slack.sockets[0].close()
        async with asyncio.timeout(15):
            await slack.here.wait()
        await slack.send("e9", "events_api", MESSAGE)
        await slack.wait_for(1)

    assert slack.connections == 2
    assert len(kept) == 1


async def test_a_slack_that_is_ill_at_first_is_asked_again() -> None:
    """The first connection is refused once: a second later it stands."""

    async def take(_event: StaffEvent) -> None:
        """Keep it."""

    async with connected(take, refuse=1) as slack:
        assert slack.connections == 1
