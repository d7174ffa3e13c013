"""Slack over the fake house: the real doors and the twin over HTTP, either engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.routing import Route

from bot.slack.wiring import open_clerk, open_slack
from bot.storage import slack_cards
from bot.storage.metadata import to_ms
from integrations.kit.caller import Caller, Policy
from integrations.kit.pacing import Pacer
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.serving import serve
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.kit.transport import open_http
from tests.bot.desk.conftest import DeskHouse
from tests.bot.desk.conftest import desk as desk
from tests.bot.desk.conftest import real as real
from webhooks.inbound.door import SignedEndpoint
from webhooks.inbound.slack import doors
from webhooks.limits import ForgeryCap

ROSA, SAM, MEI, VIC = "U0ALVAREZ", "U0BAKER", "U0CHEN", "U0VISITOR"
SECRET = DEFAULTS["slack_signing_secret"]


def slack_settings(base: str, **changes: Any) -> Any:
    """Return the settings of Slack, at its twin."""
    chosen = {
        "slack_on": True, "slack_channels": ("nyc:C0DESK", "nyc/parks:C0STREETS"),
        "slack_ops_channel": "C0OPS", "slack_signing_secrets": (SecretStr(SECRET),),
        "slack_bot_tokens": (SecretStr(f"T0CITY:{DEFAULTS['slack_bot_token']}"),),
        "slack_staff": ("nyc:S0STAFF=staff", "*:S0ADMIN=admin"),
        "slack_base_url": f"{base}/slack/api", "slack_hooks_url": f"{base}/slack/hooks/",
        **changes,
    }  # fmt: skip
    return SimpleNamespace(**chosen)


@dataclass
class SlackHouse:
    """A house whose staff are in Slack, with short words for driving both."""

    desk: DeskHouse
    shell: Any
    clerk: Any
    world: World
    base: str
    http: httpx.AsyncClient

    async def do(self, deed: str, **order: Any) -> dict[str, Any]:
        """Let somebody do something in Slack, and do everything that follows."""
        value = await self.only(deed, **order)
        await self.work()
        return value

    async def only(self, deed: str, **order: Any) -> dict[str, Any]:
        """Let somebody do something in Slack; nothing follows yet."""
        answer = await self.http.post(f"{self.base}/slack/_control/{deed}", json=order)
        assert answer.status_code == 200, answer.text
        value: dict[str, Any] = answer.json()
        return value

    async def text(self, words: str, number: str = "+17185550100") -> None:
        """Let a resident text, and do everything that follows."""
        await self.desk.house.hear(words, number=number)
        await self.work()

    async def work(self) -> None:
        """Do all that waits, as worker and sweeper would."""
        for _ in range(8):
            await self.shell.slack.front.finish()
            rows = await self.desk.house.rows(
                "SELECT id FROM staff_inbox WHERE state IN ('waiting', 'taken') ORDER BY id"
            )
            await asyncio.gather(*(self.clerk.take(row.id) for row in rows))
            await self.desk.house.work()
            stale = await self._queue()
            await self.desk.house.work()
            if not rows and not stale:
                return
            self.shell.clock.advance(1)

    async def _queue(self) -> list[Any]:
        now, queue = to_ms(self.shell.clock.now()), self.shell.slack.cards.queue
        queued: list[Any] = await self.shell.storage.write(lambda c: queue(c, now))
        return queued

    async def state(self) -> dict[str, Any]:
        """Return what stands in Slack."""
        value: dict[str, Any] = (await self.http.get(f"{self.base}/slack/_control/state")).json()
        return value

    async def messages(self, channel: str = "C0DESK") -> list[dict[str, Any]]:
        """Return the messages of a channel, oldest first."""
        found: list[dict[str, Any]] = (await self.state())["messages"].get(channel, [])
        return found

    async def cards(self, channel: str = "C0DESK") -> list[dict[str, Any]]:
        """Return what the bot posted into a channel itself."""
        return [m for m in await self.messages(channel) if not m["thread_ts"] and not m["to"]]

    async def thread(self, channel: str = "C0DESK") -> list[str]:
        """Return what the bot posted into threads, for all."""
        found = await self.messages(channel)
        bots = [m for m in found if m["thread_ts"] and not m["to"] and m["user"] == "U0CITYBOT"]
        return [m["text"] for m in bots]

    async def whispers(self, user: str) -> list[str]:
        """Return what only this person was shown."""
        found = (await self.state())["messages"].values()
        return [m["text"] for kept in found for m in kept if m["to"] == user]

    async def press(self, user: str, action: str, card: int = -1, **more: Any) -> dict[str, Any]:
        """Press something on a card: a button, or an entry of the menu."""
        shown = (await self.cards())[card]
        name, value = f"case:{action}", ""
        if not find(shown["blocks"], name):
            name, value = "case:more", option(shown["blocks"], action)
        where = {"channel": shown["channel"], "ts": shown["ts"]}
        return await self.do("press", user=user, action_id=name, value=value, **where, **more)

    async def fill(self, user: str, **values: str) -> dict[str, Any]:
        """Send the modal that is open for a person."""
        view = await self.modal(user)
        return await self.do("submit", view=view["id"], values=values)

    async def modal(self, user: str) -> dict[str, Any]:
        """Return the modal that is open for a person."""
        found = [view for view in (await self.state())["views"] if view["user"] == user]
        view: dict[str, Any] = found[-1]
        return view

    def residents(self) -> list[str]:
        """Return what residents were texted."""
        return self.desk.texts()


def find(blocks: list[dict[str, Any]], action_id: str) -> dict[str, Any] | None:
    """Return the element with this action."""
    inner = [e for block in blocks for e in block.get("elements") or ()]
    return next((e for e in inner if e.get("action_id") == action_id), None)


def option(blocks: list[dict[str, Any]], action: str) -> str:
    """Return the value of an entry of the card's menu."""
    menu = find(blocks, "case:more") or {"options": ()}
    values = [o["value"] for o in menu["options"] if o["value"].startswith(f"{action}|")]
    assert values, f"{action} is not offered"
    return str(values[0])


def words_of(blocks: list[dict[str, Any]]) -> str:
    """Return all words of a card."""
    return str([b.get("text") or b.get("fields") or b.get("elements") for b in blocks])


@asynccontextmanager
async def open_slack_house(desk: DeskHouse, **changes: Any) -> AsyncIterator[SlackHouse]:
    """Serve the twin, and the doors over the desk's house."""
    shell = desk.shell
    world = World()
    world.now = shell.clock.now  # type: ignore[method-assign]
    twin, front = create_sandbox(world=world, only=("slack",)), FastAPI()
    async with serve(twin) as base, serve(front) as ours, open_http() as http:
        world.settings |= {"public_base_url": ours, "slack_hooks_url": f"{base}/slack/hooks/"}
        kept = {"storage": shell.storage, "vault": shell.vault, "clock": shell.clock,
                "cities": shell.cities}  # fmt: skip
        caller = Caller("slack", Policy(attempts=1), http=http, quota=MemoryQuota())
        settings = slack_settings(base, **changes)
        side = open_slack(settings, kept, shell._parts(), shell.wakes, caller, shell.redis)
        assert side is not None
        for adapter in side.workspaces._adapters.values():
            adapter._make_pacer = lambda name: Pacer("slack", None)
        shell = replace(shell, slack=side, settings=settings)
        shell.deeds._known = {**shell.deeds._known, slack_cards.NAME: side.cards.draw}
        for door in doors(shell):
            endpoint = SignedEndpoint(door, ours, ForgeryCap())
            front.router.routes.append(Route(door.path, endpoint))
        client = httpx.AsyncClient(trust_env=False)
        async with client:
            yield SlackHouse(desk, shell, open_clerk(shell), world, base, client)
        await side.front.finish()


@pytest.fixture
async def slack(desk: DeskHouse) -> AsyncIterator[SlackHouse]:
    """Staff in Slack, over an engine that does what a text says."""
    async with open_slack_house(desk) as opened:
        yield opened


@pytest.fixture
async def slack_real(real: DeskHouse) -> AsyncIterator[SlackHouse]:
    """Staff in Slack, over the real engine for New York."""
    async with open_slack_house(real) as opened:
        yield opened
