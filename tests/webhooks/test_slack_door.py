"""Slack's doors: genuine requests are kept and answered at once, everything hostile is refused."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest
from fastapi import FastAPI
from starlette.routing import Route

from integrations.slack.payload import StaffEvent
from integrations.slack.signature import sign
from webhooks.inbound.door import SignedEndpoint
from webhooks.inbound.slack import doors
from webhooks.limits import ForgeryCap

SECRET, NEXT = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
NOW = 1_795_372_200
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
EVENTS, COMMANDS, PRESSES = "/in/slack/events", "/in/slack/commands", "/in/slack/interactions"
EVENT = orjson.dumps({
    "type": "event_callback", "team_id": "T0CITY", "event_id": "Ev1",
    "event": {"type": "app_mention", "user": "U0CHEN", "text": "hi", "ts": "1795372200.000100",
              "channel": "C0DESK"},
})  # fmt: skip
COMMAND = urlencode({
    "team_id": "T0CITY", "user_id": "U0CHEN", "channel_id": "C0DESK", "command": "/cityhelper",
    "text": "help", "trigger_id": "1.2.3", "response_url": "https://hooks.slack.com/x",
}).encode()  # fmt: skip
PRESS = urlencode({"payload": orjson.dumps({
    "type": "block_actions", "team": {"id": "T0CITY"}, "user": {"id": "U0CHEN"},
    "trigger_id": "1.2.3", "container": {"channel_id": "C0DESK", "message_ts": "1.1"},
    "actions": [{"action_id": "case:claim", "value": "claim|01|1", "action_ts": "1.1"}],
}).decode()}).encode()  # fmt: skip
BODIES = {EVENTS: (EVENT, JSON), COMMANDS: (COMMAND, FORM), PRESSES: (PRESS, FORM)}


@dataclass
class Front:
    """Keeps what doors bring."""

    kept: list[StaffEvent] = field(default_factory=list)
    away: bool = False

    async def accept(self, event: StaffEvent, /) -> str:
        """Take an event."""
        if self.away:
            raise OSError("no database")
        known = event.key in [one.key for one in self.kept]
        self.kept.append(event)
        return "repeat" if known else "accepted"


def make_app(front: Front) -> FastAPI:
    """Return the doors over a fake shell."""
    clock = SimpleNamespace(now=lambda: datetime.fromtimestamp(NOW, UTC))
    side = SimpleNamespace(front=front, secrets=(SECRET, NEXT))
    shell: Any = SimpleNamespace(slack=side, clock=clock)
    app = FastAPI()
    for door in doors(shell):
        endpoint = SignedEndpoint(door, "https://city.example", ForgeryCap(per_window=10**6))
        app.router.routes.append(Route(door.path, endpoint))
    return app


async def post(
    app: FastAPI, path: str, body: bytes, kind: str, **changes: str | None
) -> httpx.Response:
    """Post a body as Slack does; `changes` are headers that differ, None to leave one out."""
    headers = {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": str(NOW),
        "X-Slack-Signature": sign(body, str(NOW), SECRET),
    }
    for name, value in changes.items():
        header = name.replace("_", "-")
        headers = {k: v for k, v in headers.items() if k.lower() != header.lower()}
        if value is not None:
            headers[header] = value
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as http:
        raw = [(k.encode(), v.encode()) for k, v in headers.items()]
        return await http.post(path, content=body, headers=raw)


@pytest.mark.parametrize("path", BODIES)
async def test_a_genuine_request_is_kept_and_answered_empty(path: str) -> None:
    """200 without a word; a repeat is answered the same."""
    front = Front()
    app = make_app(front)
    for _ in range(2):
        answer = await post(app, path, *BODIES[path])
        assert (answer.status_code, answer.content) == (200, b"")

    assert front.kept[0].team == "T0CITY"
    assert front.kept[0].key == front.kept[1].key


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({"X_Slack_Signature": None}, 403, id="unsigned"),
        pytest.param({"X_Slack_Signature": "v0=" + "0" * 64}, 403, id="another signature"),
        pytest.param({"X_Slack_Signature": "v0=é" + "0" * 62}, 403, id="not ascii"),
        pytest.param({"X_Slack_Request_Timestamp": None}, 403, id="no time"),
        pytest.param({"X_Slack_Request_Timestamp": "abc"}, 403, id="time in words"),
        pytest.param({"X_Slack_Request_Timestamp": str(NOW - 301)}, 403, id="another time"),
        pytest.param({"Content_Type": "text/plain"}, 415, id="another type"),
    ],
)
async def test_hostile(path: str, changes: dict[str, str | None], status: int) -> None:
    """Refused before anything is parsed; nothing is kept."""
    front = Front()
    assert (await post(make_app(front), path, *BODIES[path], **changes)).status_code == status
    assert front.kept == []


async def test_the_same_request_five_minutes_later_is_refused() -> None:
    """A captured request replays for five minutes at most, and is a repeat until then."""
    front, old = Front(), str(NOW - 301)
    answer = await post(
        make_app(front), EVENTS, EVENT, JSON,
        X_Slack_Request_Timestamp=old, X_Slack_Signature=sign(EVENT, old, SECRET),
    )  # fmt: skip
    assert answer.status_code == 403


async def test_the_next_secret_signs_too() -> None:
    """While the secret is being changed both are good."""
    front = Front()
    signature = sign(EVENT, str(NOW), NEXT)
    answer = await post(make_app(front), EVENTS, EVENT, JSON, X_Slack_Signature=signature)
    assert answer.status_code == 200


async def test_the_challenge_is_answered_when_it_is_signed() -> None:
    """With the word itself; unsigned it is refused like everything else."""
    body = orjson.dumps({"type": "url_verification", "challenge": "3eZbrw1aBm2r"})
    app = make_app(Front())
    answer = await post(app, EVENTS, body, JSON)

    assert (answer.status_code, answer.text) == (200, "3eZbrw1aBm2r")
    unsigned = await post(app, EVENTS, body, JSON, X_Slack_Signature=None)
    assert unsigned.status_code == 403


async def test_ssl_check_is_refused_unsigned() -> None:
    """Slack's old test of the certificate is unsigned; nothing is answered without a signature."""
    answer = await post(make_app(Front()), COMMANDS, b"ssl_check=1", FORM, X_Slack_Signature=None)
    assert answer.status_code == 403


async def test_what_was_not_kept_is_asked_for_again() -> None:
    """The database is away: 503, and Slack brings the event again."""
    app = make_app(Front(away=True))
    assert (await post(app, EVENTS, EVENT, JSON)).status_code == 503


async def test_genuine_nonsense_is_400_and_never_500() -> None:
    """Signed bodies of any bytes: an ordinary answer each."""
    chance, front = random.Random(5), Front()
    app = make_app(front)
    seen = set()
    for _ in range(300):
        path = chance.choice(list(BODIES))
        body = bytearray(BODIES[path][0])
        at = chance.randrange(len(body))
        body[at : at + chance.randrange(1, 9)] = chance.randbytes(3)
        answer = await post(app, path, bytes(body), BODIES[path][1],
                            X_Slack_Signature=sign(bytes(body), str(NOW), SECRET))  # fmt: skip
        seen.add(answer.status_code)

    assert seen <= {200, 400}


async def test_without_a_channel_there_is_no_door() -> None:
    """No route that could be probed."""
    shell: Any = SimpleNamespace(slack=None)
    assert doors(shell) == ()
