"""A door that checks and keeps webhooks, and SendGrid's twin that posts to it, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI, Request, Response
from sendgrid.helpers.eventwebhook import EventWebhook

from conversations.vocabulary.handles import mailto
from conversations.vocabulary.mail import OutboundMail
from conversations.vocabulary.messages import OutboundMessage
from integrations.kit.caller import Caller, Policy
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.serving import serve
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.kit.transport import open_http
from integrations.sendgrid.adapter import SendgridAdapter
from integrations.sendgrid.twin.hooks import public_key_of

RESIDENT = "ana@home.example"
MAIL = OutboundMail(
    subject="Your report: pothole, 123 Broadway",
    html="<html><body><p>Is this right?</p></body></html>",
    from_name="City of New York",
    reply_to="case+7f3k2q@reply.city.example",
    message_id="<c1.1.abc@city.example>",
)


@dataclass
class Post:
    """One webhook as it came."""

    body: bytes
    headers: dict[str, str]

    @property
    def is_signed(self) -> bool:
        """Whether the vendor's own verifier takes it."""
        verifier = EventWebhook(public_key_of(DEFAULTS["sendgrid_signing_key"]))
        return bool(
            verifier.verify_signature(
                self.body.decode("latin-1").encode("latin-1").decode("utf-8"),
                self.headers["x-twilio-email-event-webhook-signature"],
                self.headers["x-twilio-email-event-webhook-timestamp"],
            )
        )


@dataclass
class PostOffice:
    """What a test sees: the twin, the door behind it and the adapter before it."""

    base: str
    world: World
    http: httpx.AsyncClient
    make_adapter: Callable[..., SendgridAdapter]
    mails: list[Post] = field(default_factory=list)
    batches: list[Post] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def adapter(self) -> SendgridAdapter:
        """The adapter as production has it."""
        return self.make_adapter()

    def message(self, to: str = RESIDENT, intent: str = "out-1", **mail: Any) -> OutboundMessage:
        """Return a mail to be sent."""
        return OutboundMessage(
            intent=intent,
            channel="email",
            sender=mailto("311@city.example"),
            recipient=mailto(to),
            text="Is this right?\n1. yes\n2. no",
            mail=replace(MAIL, **mail),
        )

    def sent(self) -> dict[str, Any]:
        """Return the newest call's body as the twin received it."""
        body: dict[str, Any] = self.world.journal.entries("sendgrid", operation="send")[-1].request
        return body

    async def write(self, **order: Any) -> dict[str, Any]:
        """Let a resident write."""
        order.setdefault("from", RESIDENT)
        answer = await self.http.post(f"{self.base}/_control/mail", json=order)
        assert answer.status_code == 200, answer.text
        value: dict[str, Any] = answer.json()
        return value

    async def switch(self, **switches: Any) -> None:
        """Change the twin's switches."""
        answer = await self.http.post(f"{self.base}/_control/switches", json=switches)
        assert answer.status_code == 200, answer.text

    async def mailbox(self, address: str = RESIDENT) -> list[dict[str, Any]]:
        """Return what a mailbox holds."""
        url = f"{self.base}/_control/mailbox"
        held: list[dict[str, Any]] = (await self.http.get(url, params={"address": address})).json()
        return held

    async def events(self, count: int) -> list[dict[str, Any]]:
        """Return the events once so many have come."""
        async with asyncio.timeout(10):
            while len(found := self.told()) < count:  # noqa: ASYNC110  the door has no event
                await asyncio.sleep(0.01)
        return found

    def told(self) -> list[dict[str, Any]]:
        """Return all events that have come."""
        return [event for post in self.batches for event in orjson.loads(post.body)]


def _add_door(door: FastAPI, held: list[PostOffice]) -> None:
    async def keep(request: Request, where: list[Post]) -> Response:
        where.append(Post(await request.body(), dict(request.headers)))
        return Response(status_code=held[0].answers.pop(0) if held[0].answers else 200)

    @door.post("/in/sendgrid")
    async def take_mail(request: Request) -> Response:
        return await keep(request, held[0].mails)

    @door.post("/in/sendgrid/events")
    async def take_events(request: Request) -> Response:
        return await keep(request, held[0].batches)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    """Serve the door and the twin."""
    held: list[PostOffice] = []
    app = create_sandbox(only=("sendgrid",))
    _add_door(app, held)
    async with serve(app) as base, open_http() as http:
        world: World = app.state.world
        world.settings["public_base_url"] = base
        policy = Policy(timeout_s=5, deadline_s=15, attempts=3, backoff_s=(0.01, 0.05))

        def make(**changes: Any) -> SendgridAdapter:
            settings: dict[str, Any] = {
                "api_key": DEFAULTS["sendgrid_api_key"],
                "base_url": f"{base}/sendgrid",
                **changes,
            }
            return SendgridAdapter(
                Caller("sendgrid", policy, http=http, quota=MemoryQuota()), **settings
            )

        held.append(PostOffice(f"{base}/sendgrid", world, http, make))
        await held[0].switch(step_s=0.02)
        yield held[0]
