"""What staff do in Slack, done by a page or a test: type, press, fill a modal, run a command.

Everything leaves as the real one sends it: a message in a channel the bot is in as `message`, one
that names the bot as `app_mention` too, with the same `ts`; presses and modals with a trigger of
their own.
"""

from __future__ import annotations

import secrets
from typing import Any

from integrations.kit.sandbox.world import World
from integrations.slack.text import escape
from integrations.slack.twin.hooks import Delivery, Webhooks
from integrations.slack.twin.store import BOT, TwinMessage, TwinStore, TwinView

APP = "A0CITYHELPER"


class People:
    """The hands of staff, over one store."""

    def __init__(self, world: World, store: TwinStore, hooks: Webhooks) -> None:
        self._world = world
        self._store = store
        self._hooks = hooks

    async def write(self, user: str, channel: str, text: str, thread: str = "") -> TwinMessage:
        """Write a message; `text` is what is typed, `@cityhelper` names the bot."""
        wire = escape(text).replace("@cityhelper", f"<@{BOT}>")
        ts = self._store.new_ts()
        message = self._store.add(TwinMessage(channel, ts, user, wire, thread_ts=thread))
        base = {**message.to_wire(), "channel": channel, "event_ts": ts, "channel_type": "channel"}
        kinds = ["message", *(["app_mention"] if f"<@{BOT}>" in wire else [])]
        if self._store.switches.reversed_events:
            kinds.reverse()
        for kind in kinds:
            await self._tell({**base, "type": kind})
        return message

    async def edit(self, user: str, channel: str, ts: str, text: str) -> bool:
        """Change one's own message."""
        kept = self._store.find(channel, ts)
        if kept is None or kept.user != user:
            return False
        before = kept.to_wire()
        kept.text, kept.edited = escape(text), True
        self._store.version += 1
        await self._tell({
            "type": "message", "subtype": "message_changed", "channel": channel,
            "message": {**kept.to_wire(), "edited": {"user": user, "ts": self._store.new_ts()}},
            "previous_message": before, "ts": self._store.new_ts(),
            "event_ts": self._store.new_ts(), "hidden": True,
        })  # fmt: skip
        return True

    async def delete(self, user: str, channel: str, ts: str) -> bool:
        """Take one's own message away."""
        kept = self._store.find(channel, ts)
        if kept is None or kept.user != user:
            return False
        self._store.take_away(channel, ts)
        await self._tell({
            "type": "message", "subtype": "message_deleted", "channel": channel, "deleted_ts": ts,
            "previous_message": kept.to_wire(), "ts": self._store.new_ts(),
            "event_ts": self._store.new_ts(), "hidden": True,
        })  # fmt: skip
        return True

    async def press(
        self, user: str, where: dict[str, str], action: dict[str, Any], times: int = 1
    ) -> Delivery:
        """Press a button or choose in a menu, of a message (`channel`, `ts`) or a view (`view`)."""
        payload = {**self._who("block_actions", user), "actions": [
            {**action, "action_ts": self._store.new_ts()},
        ]}  # fmt: skip
        if view := self._view(where.get("view", "")):
            payload |= {"container": {"type": "view", "view_id": view.id},
                        "view": view.to_wire(self._store.team)}  # fmt: skip
        else:
            channel, ts = where.get("channel", ""), where.get("ts", "")
            message = self._store.find(channel, ts)
            payload |= {
                "container": {"type": "message", "channel_id": channel, "message_ts": ts},
                "channel": {"id": channel, "name": self._store.channels.get(channel, "")},
                "message": message.to_wire() if message else {},
                "response_url": self._hook_url(channel, user, ts),
            }
        return await self._hooks.interact(payload, times)

    async def submit(self, view_id: str, values: dict[str, Any], times: int = 1) -> dict[str, Any]:
        """Send a modal that is open. `values` are by block and action, as Slack sends them."""
        view = self._view(view_id)
        if view is None or not view.is_open:
            return {"ok": False, "error": "not_open"}
        payload = {
            **self._who("view_submission", view.user),
            "view": {**view.to_wire(self._store.team), "state": {"values": values}},
        }
        done = await self._hooks.interact(payload, times)
        taken = any(200 <= status < 300 for status in done.statuses)
        if taken and "errors" not in done.body:
            view.is_open = False
            self._store.version += 1
        return {"ok": taken, "statuses": done.statuses, "body": done.body}

    async def close(self, view_id: str) -> bool:
        """Close a modal without sending it; Slack tells nobody."""
        view = self._view(view_id)
        if view is None:
            return False
        view.is_open = False
        self._store.version += 1
        return True

    async def command(self, user: str, channel: str, text: str) -> Delivery:
        """Run `/cityhelper <text>`; what the answer's own body says is shown to its sender."""
        form = {
            "token": "unused", "team_id": self._store.team, "team_domain": "city",
            "channel_id": channel, "channel_name": self._store.channels.get(channel, ""),
            "user_id": user, "user_name": self._name(user), "command": "/cityhelper", "text": text,
            "api_app_id": APP, "is_enterprise_install": "false",
            "response_url": self._hook_url(channel, user, ""),
            "trigger_id": self._store.new_trigger(user),
        }  # fmt: skip
        return await self._hooks.command(form)

    async def visit_home(self, user: str) -> Delivery:
        """Open the app's home tab."""
        home = self._store.home_of(user)
        event = {"type": "app_home_opened", "user": user, "tab": "home", "channel": f"D{user[1:]}",
                 "event_ts": self._store.new_ts()}  # fmt: skip
        if home is not None:
            event["view"] = home.to_wire(self._store.team)  # type: ignore[assignment]
        return await self._tell(event)

    async def _tell(self, event: dict[str, Any]) -> Delivery:
        if not self._store.switches.events:
            return Delivery("event not sent", "")
        outer = {
            "token": "unused", "team_id": self._store.team, "api_app_id": APP, "event": event,
            "type": "event_callback", "event_id": "Ev" + secrets.token_hex(5).upper(),
            "event_time": int(self._store.seconds()),
        }  # fmt: skip
        return await self._hooks.tell(outer, self._store.switches.repeats)

    def _who(self, kind: str, user: str) -> dict[str, Any]:
        return {
            "type": kind, "api_app_id": APP, "token": "unused",
            "team": {"id": self._store.team, "domain": "city"},
            "user": {"id": user, "username": self._name(user), "team_id": self._store.team},
            "trigger_id": self._store.new_trigger(user),
        }  # fmt: skip

    def _view(self, view_id: str) -> TwinView | None:
        found = self._store.views.get(view_id)
        return found or next((h for h in self._store.homes.values() if h.id == view_id), None)

    def _hook_url(self, channel: str, user: str, ts: str) -> str:
        base = self._world.settings["slack_hooks_url"].rstrip("/")
        return f"{base}/{self._store.new_hook(channel, user, ts)}"

    def _name(self, user: str) -> str:
        return self._store.people.get(user, ("somebody", ""))[0].split()[0].lower()
