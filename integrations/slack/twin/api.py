"""The twin's face towards our adapter: the methods of the Web API we use, and how they refuse.

Reads take query or form, writes JSON, as the real one; every answer is 200 with `ok`, but for
429. `views.py` has the modals and homes.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from integrations.kit.sandbox.world import World
from integrations.slack.twin.hooks import Webhooks
from integrations.slack.twin.limits import (
    MAX_TEXT,
    MAX_TOTAL,
    count_characters,
    find_block_faults,
)
from integrations.slack.twin.store import BOT, HOOK_USES, TwinMessage, TwinStore
from integrations.slack.twin.views import Views
from integrations.slack.wire import INTENT_EVENT

PROVIDER = "slack"
Fields = Mapping[str, Any]
Method = Callable[[Fields], "dict[str, Any] | Response"]


def refuse(word: str, *, messages: list[str] | None = None) -> dict[str, Any]:
    """Return a refusal as Slack writes it."""
    more = {"response_metadata": {"messages": messages}} if messages else {}
    return {"ok": False, "error": word, **more}


class Api:
    """The routes, over one store."""

    def __init__(self, world: World, store: TwinStore, hooks: Webhooks) -> None:
        self._world = world
        self._store = store
        self._hooks = hooks
        self._last_posts: dict[str, float] = {}
        views = Views(world, store, refuse)
        self._methods: dict[str, Method] = {
            "auth.test": self._who,
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._whisper,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "conversations.open": self._open_chat,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "users.info": self._user,
            "usergroups.users.list": self._members,
            "views.open": views.open,
            "views.update": views.update,
            "views.publish": views.publish,
        }

    def routes(self) -> APIRouter:
        """Return the router."""
        router = APIRouter()
        for name, method in self._methods.items():
            router.add_api_route(
                f"/api/{name}", self._route(method), methods=["GET", "POST"], name=name
            )
        router.add_api_route("/hooks/{name}", self.hook, methods=["POST"])
        return router

    def _route(self, method: Method) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            token = self._world.settings["slack_bot_token"]
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                return JSONResponse(refuse("invalid_auth" if given else "not_authed"))
            done = method(await _fields_of(request))
            return done if isinstance(done, Response) else JSONResponse(done)

        return answer

    def _who(self, _fields: Fields) -> dict[str, Any]:
        return {"ok": True, "team_id": self._store.team, "team": "City", "user": "cityhelper",
                "user_id": BOT, "bot_id": "B0CITYBOT"}  # fmt: skip

    def _check(self, fields: Fields) -> dict[str, Any] | Response | None:
        """Return why a message cannot stand in its channel, or None."""
        channel = str(fields.get("channel"))
        if channel not in self._store.channels:
            return refuse("channel_not_found")
        if not fields.get("text") and not fields.get("blocks"):
            return refuse("no_text")
        if faults := find_block_faults(fields.get("blocks") or []):
            return refuse("invalid_blocks", messages=[f"[ERROR] {fault}" for fault in faults])
        if count_characters(fields.get("blocks") or []) > MAX_TOTAL:
            return refuse("msg_blocks_too_long")
        return self._limit(channel)

    def _limit(self, channel: str) -> Response | None:
        """Return 429 for the second message within a second in a channel, when switched on."""
        now = self._store.seconds()
        last, self._last_posts[channel] = self._last_posts.get(channel, 0.0), now
        if not self._store.switches.limits or now - last >= 0.9:
            return None
        self._last_posts[channel] = last
        return JSONResponse(refuse("ratelimited"), 429, {"Retry-After": "1"})

    def _message(self, fields: Fields) -> TwinMessage:
        return TwinMessage(
            channel=str(fields["channel"]),
            ts=self._store.new_ts(),
            user=BOT,
            text=str(fields.get("text") or "")[:MAX_TEXT],
            blocks=list(fields.get("blocks") or []),
            thread_ts=str(fields.get("thread_ts") or ""),
            metadata=dict(fields.get("metadata") or {}),
        )

    def _post(self, fields: Fields) -> dict[str, Any] | Response:
        if (problem := self._check(fields)) is not None:
            return problem
        message = self._message(fields)
        if message.thread_ts and self._store.find(message.channel, message.thread_ts) is None:
            return refuse("thread_not_found")
        self._store.add(message)
        self._count(message)
        return {"ok": True, "channel": message.channel, "ts": message.ts,
                "message": message.to_wire()}  # fmt: skip

    def _count(self, message: TwinMessage) -> None:
        payload = message.metadata.get("event_payload") or {}
        if message.metadata.get("event_type") == INTENT_EVENT and payload.get("intent"):
            self._world.count_effect(PROVIDER, str(payload["intent"]))

    def _whisper(self, fields: Fields) -> dict[str, Any] | Response:
        if fields.get("user") not in self._store.people:
            return refuse("user_not_in_channel")
        if (problem := self._check(fields)) is not None:
            return problem
        message = self._message(fields)
        message.to = str(fields["user"])
        self._store.add(message)
        return {"ok": True, "message_ts": message.ts}

    def _update(self, fields: Fields) -> dict[str, Any] | Response:
        if (problem := self._check(fields)) is not None:
            return problem
        kept = self._store.find(str(fields["channel"]), str(fields.get("ts")))
        if kept is None:
            return refuse("message_not_found")
        if kept.user != BOT:
            return refuse("cant_update_message")
        fresh = self._message(fields)
        kept.text, kept.blocks, kept.metadata = fresh.text, fresh.blocks, fresh.metadata
        self._store.version += 1
        return {"ok": True, "channel": kept.channel, "ts": kept.ts, "text": kept.text}

    def _delete(self, fields: Fields) -> dict[str, Any]:
        channel, ts = str(fields.get("channel")), str(fields.get("ts"))
        if self._store.take_away(channel, ts) is None:
            return refuse("message_not_found")
        return {"ok": True, "channel": channel, "ts": ts}

    def _open_chat(self, fields: Fields) -> dict[str, Any]:
        user = str(fields.get("users"))
        if user not in self._store.people:
            return refuse("user_not_found")
        channel = "D" + user[1:]
        self._store.channels.setdefault(channel, f"@{self._store.people[user][0]}")
        return {"ok": True, "channel": {"id": channel}}

    def _history(self, fields: Fields) -> dict[str, Any]:
        channel = str(fields.get("channel"))
        if channel not in self._store.channels:
            return refuse("channel_not_found")
        kept = self._store.all_in(channel)
        return self._page([m for m in kept if not m.to and not m.thread_ts][::-1], fields)

    def _replies(self, fields: Fields) -> dict[str, Any]:
        channel, ts = str(fields.get("channel")), str(fields.get("ts"))
        if self._store.find(channel, ts) is None:
            return refuse("thread_not_found")
        return self._page(self._store.thread(channel, ts), fields)

    def _page(self, messages: list[TwinMessage], fields: Fields) -> dict[str, Any]:
        """Return a page of at most `limit` messages not older than `oldest`."""
        oldest = float(fields.get("oldest") or 0)
        fresh = [m for m in messages if float(m.ts) >= oldest]
        begin, limit = int(fields.get("cursor") or 0), int(fields.get("limit") or 100)
        shown = [m.to_wire() for m in fresh[begin : begin + limit]]
        more = begin + limit < len(fresh)
        cursor = str(begin + limit) if more else ""
        return {"ok": True, "messages": shown, "has_more": more,
                "response_metadata": {"next_cursor": cursor}}  # fmt: skip

    def _user(self, fields: Fields) -> dict[str, Any]:
        found = self._store.people.get(str(fields.get("user")))
        if found is None:
            return refuse("user_not_found")
        profile = {"real_name": found[0], "display_name": found[0], "email": found[1]}
        return {"ok": True, "user": {"id": fields["user"], "name": found[0].split()[0].lower(),
                "deleted": False, "is_bot": False, "profile": profile}}  # fmt: skip

    def _members(self, fields: Fields) -> dict[str, Any]:
        members = self._store.groups.get(str(fields.get("usergroup")))
        return refuse("no_such_subteam") if members is None else {"ok": True, "users": members}

    async def hook(self, name: str, request: Request) -> Response:
        """Take what is posted to a `response_url`: five times, for half an hour."""
        hook = self._store.hooks.get(name)
        if hook is None or hook.uses >= HOOK_USES or hook.until < self._store.seconds():
            return JSONResponse(refuse("used_url"), 404)
        hook.uses += 1
        fields = dict(await _fields_of(request))
        if faults := find_block_faults(fields.get("blocks") or []):
            return JSONResponse(refuse("invalid_blocks", messages=faults))
        message = self._message({**fields, "channel": hook.channel})
        message.to = "" if fields.get("response_type") == "in_channel" else hook.user
        self._store.add(message)
        return PlainTextResponse("ok")


async def _fields_of(request: Request) -> Fields:
    """Return the arguments of a call: query, form or JSON."""
    fields: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "application/json":
        try:
            value = orjson.loads(await request.body() or b"{}")
        except orjson.JSONDecodeError:
            value = {}
        return {**fields, **(value if isinstance(value, dict) else {})}
    if kind == "application/x-www-form-urlencoded":
        form = await request.form()
        for name, value in form.items():
            text = str(value)
            is_json = name in ("blocks", "view", "metadata")
            fields[name] = orjson.loads(text) if is_json else text
    return fields
