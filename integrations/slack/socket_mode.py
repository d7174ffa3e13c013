"""Slack over a connection that we open: for a city that can expose no address (messaging.md 5.8).

The SDK's client keeps the connection; what comes is read as at the doors, and acknowledged only
once it is kept, so that Slack brings again what was not. Its log would hold what people wrote, so
it has none.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.events import read_event
from integrations.slack.interactions import read_command, read_interaction
from integrations.slack.payload import MalformedSlack, Read, StaffEvent

READERS: Mapping[str, Callable[[Mapping[str, Any]], Read]] = {
    "events_api": read_event,
    "slash_commands": read_command,
    "interactive": read_interaction,
}
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
Take = Callable[[StaffEvent], Awaitable[object]]
log = structlog.get_logger("integrations.slack")


async def listen(
    app_token: str, take: Take, stop: asyncio.Event, *, base_url: str, ping_s: float = 5.0
) -> None:
    """Take what Slack sends until `stop` is set; a connection that breaks is opened again.

    Args:
        app_token: `xapp-...`, with the scope `connections:write`.
        take: keeps an event; whatever it raises means that Slack must bring it again.
        stop: ends it.
        base_url: Slack's Web API, or its twin.
        ping_s: seconds between two signs of life.
    """
    quiet = logging.Logger("slack_sdk.quiet", logging.CRITICAL + 1)
    web = AsyncWebClient(base_url=base_url.rstrip("/") + "/", logger=quiet)
    client = SocketModeClient(app_token, logger=quiet, web_client=web, ping_interval=ping_s)

    async def hear(_client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if await _take(request, take):
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client.socket_mode_request_listeners.append(hear)
    try:
        await _connect(client, stop)
        await stop.wait()
    finally:
        await client.close()  # type: ignore[no-untyped-call]


async def _connect(client: SocketModeClient, stop: asyncio.Event) -> None:
    """Connect for the first time, however long that takes; from then on the client does."""
    pause = FIRST_PAUSE_S
    while not stop.is_set():
        try:
            await client.connect()  # type: ignore[no-untyped-call]
            return
        except Exception as error:  # the SDK raises its own, aiohttp's and the system's
            log.warning("socket_not_connected", error_code=type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            pause = min(2 * pause, LONGEST_PAUSE_S)


async def _take(request: SocketModeRequest, take: Take) -> bool:
    """Return whether a request may be acknowledged: it is kept, or nothing of ours."""
    reader = READERS.get(request.type)
    try:
        read = reader(request.payload) if reader else None
        if isinstance(read, StaffEvent):
            await take(read)
    except MalformedSlack:
        log.warning("inbound_malformed", **{"integration.provider": "slack"})
    except Exception as error:  # it was not kept: Slack brings it again
        log.error("inbound_not_stored", error_code=type(error).__name__)
        return False
    return True
