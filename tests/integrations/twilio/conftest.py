"""A door that checks and reads webhooks, and Twilio's twin that posts to it, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from conversations.vocabulary.handles import tel
from conversations.vocabulary.messages import InboundMessage, OutboundMessage, Receipt
from integrations.kit.caller import Caller, Policy
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.serving import serve
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.kit.transport import open_http
from integrations.twilio.adapter import TwilioAdapter
from integrations.twilio.inbound import parse_inbound
from integrations.twilio.media import TwilioMedia
from integrations.twilio.receipts import parse_receipt
from integrations.twilio.signature import verify

TOKEN = DEFAULTS["twilio_auth_token"]
ACCOUNT = DEFAULTS["twilio_account_sid"]
CITY = DEFAULTS["twilio_number"]
RESIDENT = "+12125550123"


@dataclass
class Town:
    """What a test sees: the twin, the door behind it and the adapters before it."""

    base: str
    door: str
    world: World
    http: httpx.AsyncClient
    adapter: TwilioAdapter
    media: TwilioMedia
    texts: list[InboundMessage] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def message(self, text: str = "Hello", to: str = RESIDENT, intent: str = "out-1") -> Any:
        """Return a message to be sent."""
        return OutboundMessage(
            intent=intent,
            channel="sms",
            sender=tel(CITY),
            recipient=tel(to),
            text=text,
            callback_url=f"{self.door}/in/twilio/status",
        )

    async def text(self, **order: Any) -> dict[str, Any]:
        """Let a resident text."""
        order.setdefault("from", RESIDENT)
        answer = await self.http.post(f"{self.base}/_control/text", json=order)
        assert answer.status_code == 200, answer.text
        value: dict[str, Any] = answer.json()
        return value

    async def switch(self, **switches: Any) -> None:
        """Change the twin's switches."""
        answer = await self.http.post(f"{self.base}/_control/switches", json=switches)
        assert answer.status_code == 200, answer.text

    async def until(self, items: list[Any], count: int) -> None:
        """Wait until so many things have come."""
        async with asyncio.timeout(10):
            while len(items) < count:  # noqa: ASYNC110  the door has no event to wait for
                await asyncio.sleep(0.01)

    async def phone(self, number: str = RESIDENT) -> list[dict[str, Any]]:
        """Return what a phone shows."""
        url = f"{self.base}/_control/phone"
        shown: list[dict[str, Any]] = (await self.http.get(url, params={"number": number})).json()
        return shown


def _add_door(door: FastAPI, town: list[Town]) -> None:
    @door.post("/in/twilio")
    async def take_text(request: Request) -> Response:
        raw = await request.body()
        header = request.headers.get("x-twilio-signature")
        if not verify(f"{town[0].door}/in/twilio", raw, header, [TOKEN]):
            return Response(status_code=403)
        town[0].forms.append(raw)
        town[0].texts.append(parse_inbound(raw, account_sid=ACCOUNT))
        return Response(status_code=town[0].answers.pop(0) if town[0].answers else 200)

    @door.post("/in/twilio/status")
    async def take_receipt(request: Request) -> Response:
        raw = await request.body()
        url = f"{town[0].door}/in/twilio/status?{request.url.query}"
        if not verify(url, raw, request.headers.get("x-twilio-signature"), [TOKEN]):
            return Response(status_code=403)
        town[0].receipts.append(parse_receipt(raw, request.url.query))
        return Response(status_code=204)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """Serve the door and the twin."""
    held: list[Town] = []
    app = create_sandbox(only=("twilio",))
    _add_door(app, held)
    async with serve(app) as base, open_http() as http:
        world: World = app.state.world
        world.settings["public_base_url"] = base
        policy = Policy(timeout_s=5, deadline_s=15, attempts=3, backoff_s=(0.01, 0.05))
        settings: dict[str, Any] = {
            "account_sid": ACCOUNT,
            "auth": (ACCOUNT, TOKEN),
            "base_url": f"{base}/twilio",
        }
        caller = Caller("twilio", policy, http=http, quota=MemoryQuota())
        adapter, media = TwilioAdapter(caller, **settings), TwilioMedia(caller, **settings)
        held.append(Town(f"{base}/twilio", base, world, http, adapter, media))
        await held[0].switch(step_s=0.02)
        yield held[0]
