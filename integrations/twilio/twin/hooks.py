"""The webhooks the twin sends to us: signed as Twilio signs, tried again as Twilio tries.

A resident's text is posted to `<public base URL>/in/twilio` with the real fields, and again
up to five times when we do not answer 2xx (our connection override `#rc=5&rp=all`). Receipts
go once: the real ones are best effort.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx

from integrations.kit.sandbox.world import World
from integrations.twilio.signature import sign
from integrations.twilio.twin.store import TwinMessage, TwinStore

INBOUND_PATH = "/in/twilio"
TRIES = 6
PAUSE_S = 0.3
TIMEOUT_S = 15.0


@dataclass(slots=True)
class Delivery:
    """How one webhook went: the answers' statuses, 0 for none."""

    kind: str
    message_sid: str
    at: str
    statuses: list[int] = field(default_factory=list)


class Webhooks:
    """Sends webhooks. Its client lives as long as the twin."""

    def __init__(self, world: World, store: TwinStore) -> None:
        self._world = world
        self._store = store
        self._http: httpx.AsyncClient | None = None
        self.deliveries: list[Delivery] = []
        world.on_close(self.close)

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
        return self._http

    async def close(self) -> None:
        """Close the client."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def text(self, message: TwinMessage, opt_out_type: str | None) -> Delivery:
        """Post a resident's text to us, again and again until it is taken."""
        url = self._world.settings["public_base_url"].rstrip("/") + INBOUND_PATH
        body = urlencode(self.inbound_fields(message, opt_out_type)).encode()
        delivery = self._open("text", message)
        for attempt in range(TRIES):
            status = await self._post(url, body, message.sid)
            delivery.statuses.append(status)
            if 200 <= status < 300:
                break
            if attempt < TRIES - 1:
                await asyncio.sleep(PAUSE_S)
        return delivery

    async def tell(self, message: TwinMessage, status: str, code: int | None) -> None:
        """Post one receipt to the message's callback URL."""
        fields = {
            "SmsSid": message.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": message.recipient,
            "MessageSid": message.sid,
            "AccountSid": self._world.settings["twilio_account_sid"],
            "From": message.sender,
            "ApiVersion": "2010-04-01",
        }
        if code is not None:
            fields["ErrorCode"] = str(code)
        if status in ("delivered", "undelivered"):
            fields["RawDlrDoneDate"] = self._world.now().strftime("%y%m%d%H%M")
        url = message.callback.partition("#")[0]
        delivery = self._open(f"receipt {status}", message)
        delivery.statuses.append(await self._post(url, urlencode(fields).encode(), message.sid))

    def inbound_fields(self, message: TwinMessage, opt_out_type: str | None) -> dict[str, str]:
        """Return the form fields of a resident's text: about twenty, some of them empty."""
        account = self._world.settings["twilio_account_sid"]
        fields = {
            "ToCountry": "US",
            "ToState": "NY",
            "SmsMessageSid": message.sid,
            "NumMedia": str(len(message.media)),
            "ToCity": "",
            "FromZip": "10007",
            "SmsSid": message.sid,
            "FromState": "NY",
            "SmsStatus": "received",
            "FromCity": "NEW YORK",
            "Body": message.body,
            "FromCountry": "US",
            "To": message.recipient,
            "ToZip": "",
            "NumSegments": str(max(1, -(-len(message.body) // 153))),
            "MessageSid": message.sid,
            "AccountSid": account,
            "From": message.sender,
            "ApiVersion": "2010-04-01",
        }
        if message.service:
            fields["MessagingServiceSid"] = message.service
        if opt_out_type:
            fields["OptOutType"] = opt_out_type
        for index, file_id in enumerate(message.media):
            path = f"/2010-04-01/Accounts/{account}/Messages/{message.sid}/Media/{file_id}"
            fields[f"MediaUrl{index}"] = message.media_base + path
            fields[f"MediaContentType{index}"] = self._store.files[file_id][0]
        return fields

    def _open(self, kind: str, message: TwinMessage) -> Delivery:
        at = self._world.now().isoformat(timespec="milliseconds")
        delivery = Delivery(kind, message.sid, at)
        self.deliveries.append(delivery)
        del self.deliveries[:-2000]
        return delivery

    async def _post(self, url: str, body: bytes, token: str) -> int:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": sign(url, body, self._world.settings["twilio_auth_token"]),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
        }
        try:
            response = await self._client().post(url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, AttributeError):
            return 0  # an AttributeError is anyio's, for a peer killed as soon as it was reached
        return response.status_code
