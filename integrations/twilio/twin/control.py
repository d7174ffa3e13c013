"""The twin's switches and phones, for the playground and for tests. Never at the real Twilio.

POST /_control/text      a resident texts: {from, to, body, media, times, delay, lost}
GET  /_control/phone     ?number=: what that phone shows, the carrier's own answers too
GET  /_control/numbers   all phones that have written or been written to
POST /_control/switches  how the twin behaves, see `store.Switches`
GET  /_control/switches, GET /_control/deliveries, GET /_control/files/{id}, POST /_control/reset
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from integrations.kit.sandbox.pictures import sample_photo
from integrations.kit.sandbox.world import World
from integrations.twilio.twin.carrier import Carrier
from integrations.twilio.twin.hooks import Webhooks
from integrations.twilio.twin.store import Callbacks, TwinMessage, TwinStore, new_sid


class MediaOrder(BaseModel):
    """One attachment: the file itself, or the name of a sample (`photo`, `video`, `broken`)."""

    model_config = ConfigDict(extra="forbid")
    content_type: str = "image/jpeg"
    data_base64: str = Field(default="", max_length=12 << 20)
    sample: str = ""


class TextOrder(BaseModel):
    """A resident's text.

    Attributes:
        from_, to: phone numbers; `to` is the city's, the twin's own by default.
        body, media: what is sent.
        sid: message id to use, to deliver the same message again; a new one by default.
        times: how often the webhook is posted, with the same id.
        together: post them all at once instead of one after the other.
        delay: seconds of the world's clock before the first.
        lost: no webhook is posted; the text stands in the message list only.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_: str = Field(alias="from", pattern=r"^(\+[1-9]\d{6,14}|\d{3,6})$")
    to: str = ""
    body: str = Field(default="", max_length=10_000)
    media: list[MediaOrder] = Field(default_factory=list, max_length=11)
    sid: str | None = Field(default=None, pattern=r"^(SM|MM)[0-9a-f]{32}$")
    times: int = Field(default=1, ge=1, le=50)
    together: bool = False
    delay: float = Field(default=0.0, ge=0)
    lost: bool = False


class SwitchOrder(BaseModel):
    """Switches to be changed; see `store.Switches`."""

    model_config = ConfigDict(extra="forbid")
    callbacks: Callbacks | None = None
    step_s: float | None = Field(default=None, ge=0, le=86_400)
    rate_limit: bool | None = None
    honour_idempotency: bool | None = None
    advanced_opt_out: bool | None = None
    redirect_media: bool | None = None
    text_delay_s: float | None = Field(default=None, ge=0, le=86_400)


class Control:
    """The routes, over one store."""

    def __init__(self, world: World, store: TwinStore, carrier: Carrier, hooks: Webhooks) -> None:
        self._world = world
        self._store = store
        self._carrier = carrier
        self._hooks = hooks

    def routes(self) -> APIRouter:
        """Return the router."""
        router = APIRouter(prefix="/_control")
        router.add_api_route("/text", self.text, methods=["POST"])
        router.add_api_route("/phone", self.phone, methods=["GET"])
        router.add_api_route("/numbers", self.numbers, methods=["GET"])
        router.add_api_route("/switches", self.switches, methods=["GET"])
        router.add_api_route("/switches", self.switch, methods=["POST"])
        router.add_api_route("/deliveries", self.deliveries, methods=["GET"])
        router.add_api_route("/files/{file_id}", self.file, methods=["GET"])
        router.add_api_route("/reset", self.reset, methods=["POST"], status_code=204)
        return router

    async def text(self, request: Request, order: TextOrder) -> dict[str, Any]:
        """Let a resident text the city. Waits for our answers unless there is a delay."""
        known = self._store.messages.get(order.sid or "")
        message = known or self._write(order, str(request.base_url))
        keyword = (
            None if known else self._carrier.hear(message.sender, message.recipient, order.body)
        )
        opt_out = keyword if self._store.switches.advanced_opt_out else None
        delay = max(order.delay, self._store.switches.text_delay_s)
        deliveries: list[list[int]] = []
        if order.lost:
            pass
        elif delay:
            for _ in range(order.times):
                self._world.schedule(delay, self._later(message, opt_out))
        elif order.together:
            posts = (self._hooks.text(message, opt_out) for _ in range(order.times))
            deliveries = [done.statuses for done in await asyncio.gather(*posts)]
        else:
            for _ in range(order.times):
                deliveries.append((await self._hooks.text(message, opt_out)).statuses)
        return {"message_sid": message.sid, "keyword": keyword, "deliveries": deliveries}

    def _write(self, order: TextOrder, base_url: str) -> TwinMessage:
        files = tuple(self._keep(media) for media in order.media)
        message = TwinMessage(
            sid=order.sid or new_sid(bool(files)),
            sender=order.from_,
            recipient=order.to or self._world.settings["twilio_number"],
            body=order.body,
            direction="inbound",
            status="received",
            created=self._world.now(),
            sent=self._world.now(),
            media=files,
            media_base=self._world.settings.get("twilio_media_base_url", base_url).rstrip("/"),
            service=self._world.settings.get("twilio_messaging_service_sid") or None,
        )
        return self._store.add(message)

    def _keep(self, media: MediaOrder) -> str:
        if media.sample:
            return self._store.add_file(*sample_photo(media.sample))
        try:
            data = b64decode(media.data_base64, validate=True)
        except ValueError:
            raise HTTPException(422, "data_base64 is not base64") from None
        return self._store.add_file(media.content_type, data)

    def _later(self, message: TwinMessage, opt_out: str | None) -> Callable[[], Awaitable[None]]:
        async def post() -> None:
            await self._hooks.text(message, opt_out)

        return post

    async def phone(self, number: str) -> list[dict[str, Any]]:
        """Return what a phone shows, oldest first."""
        return [message.to_phone(number) for message in self._store.phone(number)]

    async def numbers(self) -> list[str]:
        """Return the residents' numbers, in the order they first appeared."""
        ours = self._world.settings["twilio_number"]
        seen: dict[str, None] = {}
        for message in self._store.messages.values():
            resident = message.sender if message.direction == "inbound" else message.recipient
            seen.setdefault(resident)
        seen.pop(ours, None)
        return list(seen)

    async def switches(self) -> dict[str, Any]:
        """Return how the twin is set."""
        return asdict(self._store.switches)

    async def switch(self, order: SwitchOrder) -> dict[str, Any]:
        """Change switches."""
        chosen = order.model_dump(exclude_none=True)
        self._store.switches = replace(self._store.switches, **chosen)
        return asdict(self._store.switches)

    async def deliveries(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the webhooks posted to us and how we answered, oldest first."""
        return [asdict(delivery) for delivery in self._hooks.deliveries[since:]]

    async def file(self, file_id: str) -> Response:
        """Return a file, for the phone's picture."""
        if file_id not in self._store.files:
            raise HTTPException(404)
        content_type, data = self._store.files[file_id]
        return Response(data, media_type=content_type)

    async def reset(self) -> None:
        """Forget everything."""
        self._store.reset()
        self._hooks.deliveries.clear()
