"""The page's one stream of server-sent events: what is new, looked for five times a second.

Only differences are sent. The sandbox being away is not an error here: the stream goes on and
catches up, so the page survives a restart of either side.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import structlog

from webhooks.pages.playground.calls import describe
from webhooks.pages.playground.console import Console
from webhooks.pages.playground.faults import fault_words
from webhooks.pages.playground.twins import SandboxAwayError

log = structlog.get_logger("webhooks.playground")

PAUSE_S = 0.2
FIRST_CALLS = 200
"""How many calls a page that was just opened is shown."""


class Watch:
    """What one open page has been told, and finding out what is new to it.

    Args:
        whose: the number whose phone is shown, or the address whose mailbox is.
        console: what may be asked.
    """

    def __init__(self, whose: str, console: Console) -> None:
        self._whose = whose
        self._console = console
        self._twins = console.twins
        self._entries: dict[int, dict[str, Any]] = {}
        self._told: dict[str, bytes] = {}
        self._clock_told = 0

    async def news(self) -> list[tuple[str, Any]]:
        """Return (event name, data) pairs of what changed since the last call."""
        fresh = await self._fresh_calls()
        found: list[tuple[str, Any]] = [("calls", fresh)] if fresh else []
        if "@" in self._whose:
            found += self._if_new("mails", await self._console.mails(self._whose))
        else:
            found += self._if_new("thread", await self._console.thread(self._whose))
        found += self._if_new("standing", await self._console.standing(self._whose))
        faults = [
            {"id": fault["id"], "words": fault_words(fault)} for fault in await self._twins.faults()
        ]
        found += self._if_new("faults", faults)
        return [*found, *await self._clock()]

    async def _fresh_calls(self) -> list[dict[str, Any]]:
        """Return the calls the page does not know yet, and those that got their answer."""
        unanswered = [n for n, entry in self._entries.items() if describe(entry)["open"]]
        newest = max(self._entries, default=0)
        since = min([newest, *(n - 1 for n in unanswered)])
        entries = await self._twins.log(since)
        if since and not entries and newest and not await self._twins.log(newest - 1):
            self._entries.clear()  # the sandbox began anew: its numbers start at 1 again
            self._told.clear()
            entries = await self._twins.log(0)
        changed = [entry for entry in entries if self._entries.get(entry["id"]) != entry]
        self._entries |= {entry["id"]: entry for entry in entries}
        return [describe(entry) for entry in changed[-FIRST_CALLS:]]

    async def _clock(self) -> list[tuple[str, Any]]:
        """Return the sandbox's time now and then; the page's clock runs by itself in between."""
        self._clock_told = (self._clock_told + 1) % 5
        return [("clock", {"now": await self._twins.now()})] if self._clock_told == 1 else []

    def _if_new(self, name: str, data: Any) -> list[tuple[str, Any]]:
        """Return the event unless the page was told exactly this before."""
        written = orjson.dumps(data)
        if self._told.get(name) == written:
            return []
        self._told[name] = written
        return [(name, data)]


async def events(watch: Watch, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield server-sent events until the page goes or the process stops."""
    yield b"retry: 500\n\n"
    while not stopping.is_set():
        try:
            news = await watch.news()
        except SandboxAwayError:
            news = []
        except Exception as error:  # a look that fails must not end the page's only stream
            log.warning("playground_look_failed", error_code=type(error).__name__)
            news = []
        for name, data in news:
            yield b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"
        try:
            async with asyncio.timeout(PAUSE_S):
                await stopping.wait()
        except TimeoutError:
            continue
