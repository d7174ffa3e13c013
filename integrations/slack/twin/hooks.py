"""The requests the twin sends to us, signed as Slack signs, tried again as Slack tries.

Events go to `/in/slack/events` and are tried again on anything but 2xx within three seconds, with
`X-Slack-Retry-Num` (messaging.md 5.3; the pauses are shorter here). Commands and presses go once:
the person sees the failure and presses again.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from integrations.kit.sandbox.world import World
from integrations.slack.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

EVENTS = "/in/slack/events"
COMMANDS = "/in/slack/commands"
INTERACTIONS = "/in/slack/interactions"
RETRIES = 3
PAUSE_S = 0.5
TIMEOUT_S = 3.0
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Delivery:
    """How one request went: the answers' statuses, 0 for none, and the last body."""

    kind: str
    at: str
    statuses: list[int] = field(default_factory=list)
    body: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return a plain JSON object."""
        return asdict(self)


class Webhooks:
    """Sends requests. Its client lives as long as the twin."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._http: httpx.AsyncClient | None = None
        self.deliveries: list[Delivery] = []
        world.on_close(self.close)

    async def close(self) -> None:
        """Close the client."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def tell(self, event: dict[str, Any], repeats: int = 0) -> Delivery:
        """Post an event until it is taken, and `repeats` times more as if that had been lost."""
        body = orjson.dumps(event)
        delivery = self._open(f"event {event['event']['type']}")
        for attempt in range(RETRIES + 1):
            more = {}
            if attempt:
                more = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"}
            taken = await self._post(delivery, EVENTS, JSON, body, more)
            if taken and attempt >= repeats:
                break
            if not taken:
                await asyncio.sleep(PAUSE_S)
        return delivery

    async def command(self, form: dict[str, str]) -> Delivery:
        """Post a slash command, once."""
        delivery = self._open("command")
        await self._post(delivery, COMMANDS, FORM, urlencode(form).encode(), {})
        return delivery

    async def interact(self, payload: dict[str, Any], times: int = 1) -> Delivery:
        """Post a press or a submission; `times` as by a nervous finger."""
        delivery = self._open(str(payload["type"]))
        body = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
        posts = [self._post(delivery, INTERACTIONS, FORM, body, {}) for _ in range(times)]
        await asyncio.gather(*posts)
        return delivery

    def _open(self, kind: str) -> Delivery:
        delivery = Delivery(kind, self._world.now().isoformat(timespec="milliseconds"))
        self.deliveries.append(delivery)
        del self.deliveries[:-1000]
        return delivery

    async def _post(
        self, delivery: Delivery, path: str, kind: str, body: bytes, more: dict[str, str]
    ) -> bool:
        """Post once, note the answer, and return whether it was taken."""
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
        # The world's clock may have been moved; the door's follows it only in the embedded form.
        timestamp = str(int(self._world.now().timestamp()))
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: sign(body, timestamp, self._world.settings["slack_signing_secret"]),
            **more,
        }
        url = self._world.settings["public_base_url"].rstrip("/") + path
        try:
            response = await self._http.post(url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            delivery.statuses.append(0)
            return False
        delivery.statuses.append(response.status_code)
        delivery.body = response.text[:2000]
        return response.is_success
