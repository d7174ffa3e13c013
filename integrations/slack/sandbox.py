"""Slack's twin: a workspace with channels and staff, cards that are pressed, all signed as Slack
does.

Inside: `twin/`; open `/slack/` at the sandbox to see it. Effects are counted by our own reference,
the intent in a message's metadata; the same message posted twice stands there twice, as at the real
one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from integrations.kit.caller import Caller
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.slack.adapter import Message, SlackAdapter
from integrations.slack.twin.api import Api
from integrations.slack.twin.control import Control
from integrations.slack.twin.hooks import Webhooks
from integrations.slack.twin.page import page_routes
from integrations.slack.twin.people import People
from integrations.slack.twin.store import TwinStore

OPERATIONS = (
    ("post", "POST", "/api/chat.postMessage"),
    ("whisper", "POST", "/api/chat.postEphemeral"),
    ("update", "POST", "/api/chat.update"),
    ("delete", "POST", "/api/chat.delete"),
    ("open_view", "POST", "/api/views.open"),
    ("update_view", "POST", "/api/views.update"),
    ("publish_home", "POST", "/api/views.publish"),
    ("open_chat", "POST", "/api/conversations.open"),
    ("history", "GET", "/api/conversations.history"),
    ("history", "GET", "/api/conversations.replies"),
    ("user", "GET", "/api/users.info"),
    ("members", "GET", "/api/usergroups.users.list"),
    ("who_am_i", "POST", "/api/auth.test"),
    ("respond", "POST", "/hooks/*"),
)
_TEXT = {"type": "section", "text": {"type": "plain_text", "text": "Loading"}}
_VIEW = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Request"},
    "blocks": [_TEXT],
}


def build(world: World) -> FastAPI:
    """Return the twin, to be mounted at `/slack`."""
    store = TwinStore(world.now, world.settings["slack_team"])
    hooks = Webhooks(world)
    people = People(world, store, hooks)
    app = FastAPI(title="Slack's twin", docs_url=None, redoc_url=None)
    app.include_router(Api(world, store, hooks).routes())
    app.include_router(Control(store, people, hooks).routes())
    app.include_router(page_routes())
    app.state.store = store
    app.state.people = people
    return app


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call per operation, for the conformance test."""
    adapter = SlackAdapter(
        caller,
        token=DEFAULTS["slack_bot_token"],
        base_url=f"{base_url}/api",
        hooks_url=f"{base_url}/hooks/",
    )
    card = Message("A new request", (_TEXT,))
    since = datetime.fromtimestamp(1_700_000_000, UTC)

    async def post() -> Any:
        return await adapter.post("C0DESK", card, intent="conformance-1")

    return {"post": post, "find": lambda: adapter.find("C0DESK", "conformance-1", since),
            "whisper": lambda: adapter.whisper("C0DESK", "U0CHEN", card),
            "publish_home": lambda: adapter.publish_home("U0CHEN", {**_VIEW, "type": "home"}),
            "open_chat": lambda: adapter.open_chat("U0CHEN"),
            "user": lambda: adapter.user("U0CHEN"),
            "members": lambda: adapter.members("S0STAFF"),
            "who_am_i": adapter.who_am_i}  # fmt: skip
