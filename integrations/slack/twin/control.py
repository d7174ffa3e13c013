"""The twin's switches and hands, for its page and for tests. Never at the real Slack.

POST /_control/write    {"user", "channel", "text", "thread"}       a person writes
POST /_control/edit, /_control/delete                               changes or takes it away
POST /_control/press    {"user", "channel", "ts", "action_id"}      a button of a card, or of a view
POST /_control/submit   {"view", "values"}                          a modal is sent
POST /_control/close    {"view"}                                    a modal is closed
POST /_control/command  {"user", "channel", "text"}                 /cityhelper text
POST /_control/home     {"user"}                                    the home tab is opened
GET  /_control/state    everything the page shows; `since` waits for nothing, it only compares
GET  /_control/deliveries, GET and POST /_control/switches, POST /_control/reset
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from integrations.slack.twin.hooks import Webhooks
from integrations.slack.twin.people import People
from integrations.slack.twin.store import BOT, TwinStore


class Order(BaseModel):
    """Base: nothing unexpected inside."""

    model_config = ConfigDict(extra="forbid")


class WriteOrder(Order):
    """A message somebody writes; with `ts` an own one to be changed or taken away."""

    user: str
    channel: str
    text: str = Field(default="", max_length=40_000)
    thread: str = ""
    ts: str = ""


class PressOrder(Order):
    """A press; the element is found by its `action_id` (and `block`, where several share it).

    Attributes:
        value: which option, of a menu. times: how often, as by a nervous finger.
    """

    user: str
    action_id: str
    channel: str = ""
    ts: str = ""
    view: str = ""
    block: str = ""
    value: str = ""
    times: int = Field(default=1, ge=1, le=50)


class SubmitOrder(Order):
    """A modal that is sent. `values`: action_id to what was typed or chosen."""

    view: str
    values: dict[str, str] = Field(default_factory=dict)
    times: int = Field(default=1, ge=1, le=50)


class CommandOrder(Order):
    """A slash command, or a visit to the home tab."""

    user: str
    channel: str = ""
    text: str = Field(default="", max_length=3000)


class SwitchOrder(Order):
    """Switches to be changed; see `store.Switches`."""

    limits: bool | None = None
    repeats: int | None = Field(default=None, ge=0, le=3)
    reversed_events: bool | None = None
    events: bool | None = None


class Control:
    """The routes, over one store."""

    def __init__(self, store: TwinStore, people: People, hooks: Webhooks) -> None:
        self._store = store
        self._people = people
        self._hooks = hooks

    def routes(self) -> APIRouter:
        """Return the router."""
        router = APIRouter(prefix="/_control")
        posts = (self.write, self.edit, self.delete, self.press, self.submit, self.close)
        for deed in (*posts, self.command, self.home, self.switch, self.reset):
            name = "switches" if deed == self.switch else deed.__name__
            router.add_api_route(f"/{name}", deed, methods=["POST"])
        router.add_api_route("/state", self.state, methods=["GET"])
        router.add_api_route("/switches", self.switches, methods=["GET"])
        router.add_api_route("/deliveries", self.deliveries, methods=["GET"])
        return router

    async def write(self, order: WriteOrder) -> dict[str, Any]:
        """Let somebody write."""
        self._know(order.user, order.channel)
        if not order.text:
            raise HTTPException(422, "`text` is needed")
        made = await self._people.write(order.user, order.channel, order.text, order.thread)
        return {"ts": made.ts}

    async def edit(self, order: WriteOrder) -> dict[str, bool]:
        """Let somebody change a message."""
        return {"ok": await self._people.edit(order.user, order.channel, order.ts, order.text)}

    async def delete(self, order: WriteOrder) -> dict[str, bool]:
        """Let somebody take a message away."""
        return {"ok": await self._people.delete(order.user, order.channel, order.ts)}

    async def press(self, order: PressOrder) -> dict[str, Any]:
        """Let somebody press what stands on a card, in a modal or in the home tab."""
        self._know(order.user)
        element = find_element(self._blocks_of(order), order)
        if element is None:
            raise HTTPException(404, "no such button there")
        where = {"channel": order.channel, "ts": order.ts, "view": order.view}
        done = await self._people.press(order.user, where, element, order.times)
        return {"statuses": done.statuses}

    def _blocks_of(self, order: PressOrder) -> list[dict[str, Any]]:
        if order.view:
            homes = self._store.homes.values()
            view = self._store.views.get(order.view)
            view = view or next((home for home in homes if home.id == order.view), None)
            return list(view.view["blocks"]) if view else []
        message = self._store.find(order.channel, order.ts)
        return message.blocks if message else []

    async def submit(self, order: SubmitOrder) -> dict[str, Any]:
        """Let somebody send a modal; refuses what Slack's own checks would not let through."""
        view = self._store.views.get(order.view)
        if view is None or not view.is_open:
            raise HTTPException(404, "no such modal is open")
        values: dict[str, dict[str, Any]] = {}
        for block in view.view["blocks"]:
            element = block.get("element")
            if block.get("type") != "input" or element is None:
                continue
            typed = order.values.get(element["action_id"], "")
            if not typed and not block.get("optional"):
                raise HTTPException(422, f"{element['action_id']} is needed")
            values.setdefault(block["block_id"], {})[element["action_id"]] = chosen(element, typed)
        return await self._people.submit(order.view, values, order.times)

    async def close(self, order: SubmitOrder) -> dict[str, bool]:
        """Close a modal."""
        return {"ok": await self._people.close(order.view)}

    async def command(self, order: CommandOrder) -> dict[str, Any]:
        """Run the slash command."""
        self._know(order.user, order.channel)
        done = await self._people.command(order.user, order.channel, order.text)
        return {"statuses": done.statuses, "body": done.body}

    async def home(self, order: CommandOrder) -> dict[str, Any]:
        """Open the home tab."""
        self._know(order.user)
        return {"statuses": (await self._people.visit_home(order.user)).statuses}

    async def state(self, since: int = -1) -> dict[str, Any]:
        """Return what the page shows; only the version when nothing has changed `since`."""
        store = self._store
        if since == store.version:
            return {"version": store.version}
        return {
            "version": store.version,
            "bot": BOT,
            "channels": store.channels,
            "people": {user: name for user, (name, _) in store.people.items()},
            "messages": {c: [m.to_json() for m in kept.values()] for c, kept in
                         store.messages.items()},
            "views": [{**v.to_wire(store.team), "user": v.user} for v in store.views.values()
                      if v.is_open],
            "homes": {user: home.to_wire(store.team) for user, home in store.homes.items()},
        }  # fmt: skip

    async def switches(self) -> dict[str, Any]:
        """Return how the twin behaves."""
        return asdict(self._store.switches)

    async def switch(self, order: SwitchOrder) -> dict[str, Any]:
        """Change how it behaves."""
        changes = order.model_dump(exclude_none=True)
        self._store.switches = replace(self._store.switches, **changes)
        return asdict(self._store.switches)

    async def deliveries(self) -> list[dict[str, Any]]:
        """Return how the requests to us went."""
        return [delivery.to_json() for delivery in self._hooks.deliveries]

    async def reset(self) -> dict[str, bool]:
        """Begin anew."""
        self._store.reset()
        return {"ok": True}

    def _know(self, user: str, channel: str = "") -> None:
        if user not in self._store.people or (channel and channel not in self._store.channels):
            raise HTTPException(404, "no such person or channel")


def find_element(blocks: list[dict[str, Any]], order: PressOrder) -> dict[str, Any] | None:
    """Return the pressed element as Slack sends it, or None when nothing like it stands there."""
    for block in blocks:
        inner = [*(block.get("elements") or ()), block.get("accessory")]
        for element in inner:
            if not isinstance(element, dict) or element.get("action_id") != order.action_id:
                continue
            if order.block and order.block != block.get("block_id"):
                continue
            if element["type"] == "button" and order.value not in ("", element.get("value")):
                continue
            base = {"action_id": order.action_id, "block_id": block.get("block_id", ""),
                    "type": element["type"]}  # fmt: skip
            return {**base, **chosen(element, order.value)}
    return None


def chosen(element: dict[str, Any], value: str) -> dict[str, Any]:
    """Return what an element says once it is filled, chosen or pressed."""
    kind = element["type"]
    if kind == "button":
        return {"type": kind, "value": element.get("value", "")}
    if kind == "plain_text_input":
        return {"type": kind, "value": value or None}
    options = element.get("options") or ()
    found = next((o for o in options if o["value"] == value), None)
    return {"type": kind, "selected_option": found}
