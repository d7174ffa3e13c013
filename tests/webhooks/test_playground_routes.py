"""The playground over real HTTP against the real sandbox, with a shell that only listens."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import orjson
import pytest
from pydantic import SecretStr

from bot import inspect
from bot.clock import MovableClock
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.serving import serve
from integrations.kit.sandbox.world import DEFAULTS
from webhooks.app import create_app
from webhooks.pages.playground.mailbox import frame_of
from webhooks.pages.playground.routes import MOST_STREAMS

ANA = "+19175550142"
JANE = "jane@home.example"
MAIL = {"from": JANE, "subject": "", "text": "x", "client": "gmail", "dkim": "pass"}


class Intake:
    """Keeps what comes in."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def accept(self, city: str, message: Any, /) -> SimpleNamespace:
        """Keep a message."""
        self.messages.append(message)
        return SimpleNamespace(new=True, spooled=False)

    async def accept_receipt(self, receipt: Any, /) -> None:
        """Take a receipt."""


@dataclass
class Scene:
    """A running page and what is behind it."""

    http: httpx.AsyncClient
    intake: Intake
    clock: MovableClock
    base: str


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Scene]:
    """Serve the doors with the playground, and the sandbox beside them."""

    async def nothing(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr(inspect, "standing", nothing)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    sandbox = create_sandbox(
        public_base_url=base,
        twilio_token=DEFAULTS["twilio_auth_token"],
        settings={"state_dir": str(tmp_path)},
        only=("twilio", "sendgrid"),
    )
    intake, clock = Intake(), MovableClock(tmp_path)
    async with serve(sandbox) as sandbox_url:
        settings = SimpleNamespace(
            public_base_url=base,
            twilio_account_sid=DEFAULTS["twilio_account_sid"],
            twilio_auth_tokens=(SecretStr(DEFAULTS["twilio_auth_token"]),),
            metrics_token=SecretStr(""),
            playground=True,
            sandbox_url=sandbox_url,
        )
        city = SimpleNamespace(
            slug="nyc",
            name="New York City",
            timezone="America/New_York",
            sms_numbers=(DEFAULTS["twilio_number"],),
            mailboxes=(DEFAULTS["mail_address"],),
        )
        shell: Any = SimpleNamespace(
            settings=settings,
            intake=intake,
            cities={"nyc": city},
            clock=clock,
            storage=SimpleNamespace(),
            redis=SimpleNamespace(),
            mail_desk=None,
            slack=None,
            breakers=dict,
        )
        app = create_app(shell)
        async with (
            serve(app, port=port),
            httpx.AsyncClient(base_url=f"{base}/playground", timeout=10) as http,
        ):
            yield Scene(http, intake, clock, base)
            app.state.stopping.set()


async def read_events(
    scene: Scene, wanted: set[str], seconds: float = 5, whose: str = ANA
) -> dict[str, Any]:
    """Return the first data of each wanted event of a stream, Ana's by default."""
    found: dict[str, Any] = {}
    async with asyncio.timeout(seconds):
        async with scene.http.stream("GET", "/events", params={"whose": whose}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            name = ""
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    found.setdefault(name, orjson.loads(line[6:]))
                if wanted <= found.keys():
                    return found
    raise AssertionError(f"the stream ended with {found.keys()}")


async def test_streams_are_limited(scene: Scene) -> None:
    """Who opens stream after stream is turned away; a page that is closed frees its place."""
    where, open_pages = {"whose": ANA}, []
    async with contextlib.AsyncExitStack() as pages:
        for _ in range(MOST_STREAMS):
            opened = scene.http.stream("GET", "/events", params=where)
            page = await pages.enter_async_context(opened)
            open_pages.append(page.aiter_bytes())
            await anext(open_pages[-1])
        assert (await scene.http.get("/events", params=where)).status_code == 429
    await asyncio.sleep(1)
    assert "clock" in await read_events(scene, {"clock"})


async def test_text_comes_in_as_a_real_signed_webhook(scene: Scene) -> None:
    """A text from the page reaches the intake through Twilio's door, and shows on the phone."""
    order = {"from": ANA, "text": "huge pothole", "photo": "photo", "late_s": 0, "times": 3}
    answer = await scene.http.post("/text", json=order)
    assert answer.status_code == 200, answer.text
    assert [message.text for message in scene.intake.messages] == ["huge pothole"] * 3
    assert len({message.provider_message_id for message in scene.intake.messages}) == 1
    told = await read_events(scene, {"thread", "standing", "clock", "faults"})
    [bubble] = told["thread"]
    assert (bubble["text"], bubble["mine"], bubble["note"]) == (
        "huge pothole",
        True,
        "delivered 3 times",
    )
    picture = await scene.http.get(bubble["photos"][0]["image"].removeprefix("/playground"))
    assert picture.headers["content-type"] == "image/png"
    assert told["standing"]["words"] == [{"text": "Nothing said yet."}]


async def test_a_mail_is_written_and_shown_in_its_mailbox(scene: Scene) -> None:
    """A mail from the page goes out through the twin, and stands in the sender's mailbox."""
    order = {"from": JANE, "subject": "Pothole", "text": "<b>123</b> Broadway", "client": "gmail",
             "dkim": "pass"}  # fmt: skip
    assert (await scene.http.post("/mail", json=order)).status_code == 200
    [mail] = (await read_events(scene, {"mails"}, whose=JANE))["mails"]
    assert (mail["mine"], mail["subject"]) == (True, "Pothole")
    assert "<b>123</b> Broadway" in mail["text"]  # as text, which the page never reads as markup
    assert mail["frame"] == ""
    answer = {**order, "subject": "", "answers": mail["id"], "dkim": "fail"}
    assert (await scene.http.post("/mail", json=answer)).status_code == 200
    mails = (await read_events(scene, {"mails"}, whose=JANE))["mails"]
    assert [mail["subject"] for mail in mails] == ["Pothole", "Re: Pothole"]


async def test_the_frame_of_a_mail_runs_no_script(scene: Scene) -> None:
    """A mail has a page of its own with a policy of its own; somebody else's is not shown."""
    order = {"from": JANE, "subject": "x", "text": "y", "client": "gmail", "dkim": "pass"}
    await scene.http.post("/mail", json=order)
    [mail] = (await read_events(scene, {"mails"}, whose=JANE))["mails"]
    frame = await scene.http.get(f"/mails/{mail['id']}", params={"address": JANE})
    policies = frame.headers.get_list("content-security-policy")
    assert frame.status_code == 200
    assert len(policies) == 1
    assert "default-src 'none'" in policies[0]
    assert "sandbox" in policies[0]
    assert "allow-scripts" not in policies[0]
    for address, name in (("eve@home.example", mail["id"]), (JANE, "other"), ("", mail["id"])):
        other = await scene.http.get(f"/mails/{name}", params={"address": address})
        assert other.status_code == 404


def test_links_of_a_mail_open_beside_the_playground() -> None:
    """The frame has one base of ours, whatever the mail brings."""
    page = frame_of({"html": '<html><head><base href="//evil.example/"></head><body>x</body>'})
    assert page == '<html><head><base target="_blank"></head><body>x</body>'


async def test_clock_moves_for_service_and_sandbox_together(scene: Scene) -> None:
    """One step moves both clocks at once, and the page is told the same time."""
    before = scene.clock.now()
    answer = await scene.http.post("/clock", json={"seconds": 3600})
    assert answer.status_code == 200
    assert scene.clock.now() - before >= timedelta(hours=1)
    told = await read_events(scene, {"clock"})
    apart = datetime.fromisoformat(told["clock"]["now"]) - scene.clock.now()
    assert abs(apart) < timedelta(seconds=5)


async def test_faults_are_switched_on_and_off(scene: Scene) -> None:
    """A fault is told in words while it is on, and gone when cleared."""
    order = {"provider": "nyc311", "kind": "commit_then_timeout", "times": 3}
    assert (await scene.http.post("/faults", json=order)).status_code == 200
    told = await read_events(scene, {"faults"})
    assert told["faults"][0]["words"] == "NYC 311 does it, then silence, 3 more times"
    assert (await scene.http.delete("/faults")).status_code == 200
    assert (await read_events(scene, {"faults"}))["faults"] == []


async def test_page_is_strict_about_where_things_come_from(scene: Scene) -> None:
    """The page allows nothing inline and nothing from elsewhere, and its parts are there."""
    page = await scene.http.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in page.text
    assert "<script>" not in page.text
    assert "http://" not in page.text.replace(scene.base, "")
    assert "https://" not in page.text
    for name in ("page.js", "phone.js", "base.css", "mark.svg"):
        assert (await scene.http.get(f"/static/{name}")).status_code == 200
    assert (await scene.http.get("/static/../routes.py")).status_code == 404


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("/text", {"from": "nobody", "text": "x"}),
        ("/text", {"from": ANA, "text": "x" * 1601}),
        ("/text", {"from": ANA, "text": 5}),
        ("/text", {"from": ANA, "text": "x", "photo": "../../etc"}),
        ("/text", {"from": ANA, "text": "x", "times": 10_000}),
        ("/text", {"from": ANA, "text": "x", "late_s": -1}),
        ("/mail", {**MAIL, "from": "nobody"}),
        ("/mail", {**MAIL, "from": "Jane <jane@home.example>"}),
        ("/mail", {**MAIL, "text": "x" * 20_001}),
        ("/mail", {**MAIL, "text": None}),
        ("/mail", {**MAIL, "client": "pine"}),
        ("/mail", {**MAIL, "dkim": True}),
        ("/transcript", {"whose": "jane@"}),
        ("/clock", {"seconds": -5}),
        ("/clock", {"seconds": True}),
        ("/clock", {}),
        ("/faults", {"provider": "*", "kind": "timeout"}),
        ("/faults", {"provider": "twilio", "kind": "explode"}),
        ("/transcript", {"whose": None}),
        ("/text", []),
    ],
)
async def test_silly_orders_are_refused(scene: Scene, path: str, order: Any) -> None:
    """What cannot be done is refused with a sentence, never with a 500."""
    answer = await scene.http.post(path, json=order)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


async def test_orders_are_json_from_our_own_page(scene: Scene) -> None:
    """A form post or a request from another site changes nothing."""
    assert (await scene.http.post("/clock", data={"seconds": "5"})).status_code == 415
    foreign = {"origin": "https://evil.example"}
    answer = await scene.http.post("/clock", json={"seconds": 5}, headers=foreign)
    assert answer.status_code == 403
    assert scene.clock.now() - datetime.now(UTC) < timedelta(seconds=2)


async def test_what_people_type_leads_to_the_page(scene: Scene) -> None:
    """The bare address and the one without its last slash lead to the page."""
    for path in ("/", "/playground"):
        answer = await scene.http.get(scene.base + path)

        assert answer.status_code == 307
        assert answer.headers["location"] == "/playground/"
