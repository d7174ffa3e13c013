"""Slack's twin: as strict as the real one, and every request it sends is signed as Slack signs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson
import pytest
from fastapi import FastAPI, Request, Response
from slack_sdk.signature import SignatureVerifier

from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.serving import serve
from integrations.kit.sandbox.world import DEFAULTS
from integrations.slack.twin.limits import find_block_faults, find_view_faults


@dataclass
class Room:
    """The twin, and what came to the door behind it."""

    base: str
    http: httpx.AsyncClient
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refuse: list[int] = field(default_factory=list)

    async def do(self, deed: str, **order: Any) -> dict[str, Any]:
        """Let somebody do something."""
        answer = await self.http.post(f"{self.base}/slack/_control/{deed}", json=order)
        assert answer.status_code == 200, answer.text
        value: dict[str, Any] = answer.json()
        return value

    async def call(self, method: str, **body: Any) -> dict[str, Any]:
        """Call the Web API as the bot."""
        token = {"Authorization": f"Bearer {DEFAULTS['slack_bot_token']}"}
        url = f"{self.base}/slack/api/{method}"
        value: dict[str, Any] = (await self.http.post(url, json=body, headers=token)).json()
        return value


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """Serve the twin and a door that checks every signature with the vendor's own verifier."""
    app: FastAPI = create_sandbox(only=("slack",))
    held: list[Room] = []
    oracle = SignatureVerifier(DEFAULTS["slack_signing_secret"])

    @app.post("/in/slack/{door}")
    async def take(door: str, request: Request) -> Response:
        body = await request.body()
        assert oracle.is_valid_request(body, dict(request.headers))
        text = body.decode()
        fields = {name: values[0] for name, values in parse_qs(text).items()}
        if door == "interactions":
            fields = orjson.loads(fields["payload"])
        held[0].bodies.append(orjson.loads(body) if door == "events" else fields)
        held[0].headers.append(dict(request.headers))
        return Response(status_code=held[0].refuse.pop(0) if held[0].refuse else 200)

    async with serve(app) as base, httpx.AsyncClient(trust_env=False) as http:
        app.state.world.settings["public_base_url"] = base
        held.append(Room(base, http))
        yield held[0]


async def test_a_mention_comes_twice_with_one_ts(room: Room) -> None:
    """As `message` and as `app_mention`, each with an id of its own."""
    await room.do("write", user="U0CHEN", channel="C0DESK", text="@cityhelper hello <!here>")

    kinds = [body["event"]["type"] for body in room.bodies]
    assert kinds == ["message", "app_mention"]
    assert len({body["event"]["ts"] for body in room.bodies}) == 1
    assert len({body["event_id"] for body in room.bodies}) == 2
    assert room.bodies[0]["event"]["text"] == "<@U0CITYBOT> hello &lt;!here&gt;"


async def test_an_event_comes_again_until_it_is_taken(room: Room) -> None:
    """Refused once: the same event again, with the number of the retry."""
    room.refuse = [500]
    await room.do("write", user="U0CHEN", channel="C0DESK", text="hello")

    assert room.bodies[0] == room.bodies[1]
    assert room.headers[1]["x-slack-retry-num"] == "1"


async def test_a_press_a_modal_and_its_submission(room: Room) -> None:
    """The press brings a trigger; the modal it opens is sent once, with what was entered."""
    button = {"type": "button", "action_id": "go", "value": "7",
              "text": {"type": "plain_text", "text": "Go"}}  # fmt: skip
    card = await room.call("chat.postMessage", channel="C0DESK", text="card",
                           blocks=[{"type": "actions", "elements": [button]}])  # fmt: skip
    await room.do("press", user="U0CHEN", channel="C0DESK", ts=card["ts"], action_id="go")
    pressed = room.bodies[-1]
    field_ = {"type": "input", "block_id": "text", "label": {"type": "plain_text", "text": "Words"},
              "element": {"type": "plain_text_input", "action_id": "text"}}  # fmt: skip
    title = {"type": "plain_text", "text": "Reply"}
    view = {"type": "modal", "title": title, "submit": title, "blocks": [field_]}
    opened = await room.call("views.open", trigger_id=pressed["trigger_id"], view=view)
    await room.do("submit", view=opened["view"]["id"], values={"text": "Hello"})

    assert pressed["actions"][0]["value"] == "7"
    entered = room.bodies[-1]["view"]["state"]["values"]["text"]["text"]["value"]
    assert entered == "Hello"
    again = await room.http.post(f"{room.base}/slack/_control/submit",
                                 json={"view": opened["view"]["id"]})  # fmt: skip
    assert again.status_code == 404


async def test_a_command_brings_an_address_to_answer(room: Room) -> None:
    """What is posted there is seen by its sender only, five times at most."""
    await room.do("command", user="U0CHEN", channel="C0DESK", text="help")
    url = room.bodies[-1]["response_url"].replace("http://127.0.0.1:8312", room.base)
    answers = [(await room.http.post(url, json={"text": f"{n}"})).status_code for n in range(6)]

    assert answers == [200] * 5 + [404]
    state = (await room.http.get(f"{room.base}/slack/_control/state")).json()
    assert {m["to"] for m in state["messages"]["C0DESK"]} == {"U0CHEN"}


async def test_too_fast_is_429_when_switched_on(room: Room) -> None:
    """Two messages in one channel at once: the second must wait a second."""
    await room.do("switches", limits=True)
    first = await room.call("chat.postMessage", channel="C0DESK", text="one")
    second = await room.call("chat.postMessage", channel="C0DESK", text="two")
    other = await room.call("chat.postMessage", channel="C0OPS", text="three")

    assert (first["ok"], second.get("error"), other["ok"]) == (True, "ratelimited", True)


def text(kind: str, length: int) -> dict[str, Any]:
    """Return a text object of a length."""
    return {"type": kind, "text": "x" * length}


def made_button(**changes: Any) -> dict[str, Any]:
    """Return a row with one button."""
    one = {"type": "button", "action_id": "a", "text": text("plain_text", 75), **changes}
    return {"type": "actions", "elements": [one]}


@pytest.mark.parametrize(
    ("block", "fits"),
    [
        ({"type": "section", "text": text("mrkdwn", 3000)}, True),
        ({"type": "section", "text": text("mrkdwn", 3001)}, False),
        ({"type": "section", "text": text("plain_text", 0)}, False),
        ({"type": "section"}, False),
        ({"type": "section", "fields": [text("plain_text", 2000)] * 10}, True),
        ({"type": "section", "fields": [text("plain_text", 1)] * 11}, False),
        ({"type": "section", "fields": [text("plain_text", 2001)]}, False),
        ({"type": "header", "text": text("plain_text", 150)}, True),
        ({"type": "header", "text": text("plain_text", 151)}, False),
        ({"type": "header", "text": text("mrkdwn", 5)}, False),
        ({"type": "context", "elements": [text("mrkdwn", 5)] * 10}, True),
        ({"type": "context", "elements": [text("mrkdwn", 5)] * 11}, False),
        ({"type": "context", "elements": []}, False),
        (made_button(), True),
        (made_button(text=text("plain_text", 76)), False),
        (made_button(value="v" * 2001), False),
        (made_button(action_id="a" * 256), False),
        (made_button(confirm={"title": text("plain_text", 101)}), False),
        ({"type": "actions", "elements": [made_button()["elements"][0]] * 2}, False),
        ({"type": "actions", "elements": []}, False),
        ({"type": "carousel"}, False),
        ({"type": "section", "text": text("plain_text", 1), "block_id": "b" * 256}, False),
    ],
)
def test_block_limits(block: dict[str, Any], fits: bool) -> None:
    """Each limit on both of its sides."""
    assert (find_block_faults([block]) == []) is fits


def test_view_limits() -> None:
    """Titles of 24 characters, a button to send when there is something to fill in."""
    field_ = {"type": "input", "label": text("plain_text", 5),
              "element": {"type": "plain_text_input", "action_id": "t"}}  # fmt: skip
    good = {"type": "modal", "title": text("plain_text", 24), "submit": text("plain_text", 24),
            "blocks": [field_]}  # fmt: skip

    assert find_view_faults(good) == []
    assert find_view_faults({**good, "title": text("plain_text", 25)})
    assert find_view_faults({key: good[key] for key in ("type", "title", "blocks")})
    assert find_view_faults({**good, "private_metadata": "x" * 3001})
    assert find_block_faults([{"type": "divider"}] * 51)


async def test_the_page_is_served(room: Room) -> None:
    """With a policy that lets in nothing from elsewhere."""
    answer = await room.http.get(f"{room.base}/slack/")

    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for name in ("page.js", "blocks.js", "page.css"):
        assert (await room.http.get(f"{room.base}/slack/{name}")).status_code == 200
