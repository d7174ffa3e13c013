"""The webhooks the twin sends to us, signed as SendGrid signs, tried again as SendGrid tries.

A resident's mail goes to `<public base URL>/in/sendgrid` (again on 5xx and on no answer; a 4xx ends
it), events to `/in/sendgrid/events` (again on anything but 2xx). Signed is the timestamp and the
body, byte by byte, the trailing CRLF of a batch of events too (messaging.md 3.3, 3.4).
"""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.kit.sandbox.world import World
from integrations.sendgrid.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER

PARSE_PATH = "/in/sendgrid"
EVENTS_PATH = "/in/sendgrid/events"
TRIES = 6
PAUSE_S = 0.3
TIMEOUT_S = 15.0


@dataclass(slots=True)
class Delivery:
    """How one webhook went: the answers' statuses, 0 for none."""

    kind: str
    mail_id: str
    at: str
    statuses: list[int] = field(default_factory=list)


class Webhooks:
    """Sends webhooks. Its client lives as long as the twin."""

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

    async def mail(self, mail_id: str, content_type: str, body: bytes) -> Delivery:
        """Post a resident's mail to us, again and again until it is taken or refused."""
        delivery = self._open("mail", mail_id)
        for attempt in range(TRIES):
            status = await self._post(PARSE_PATH, content_type, body)
            delivery.statuses.append(status)
            if 0 < status < 500:
                break
            if attempt < TRIES - 1:
                await asyncio.sleep(PAUSE_S)
        return delivery

    async def tell(self, events: list[dict[str, Any]]) -> None:
        """Post a batch of events, one a line, until it is taken."""
        words = ",".join(event["event"] for event in events)
        body = b"[" + b",\r\n".join(orjson.dumps(event) for event in events) + b"]\r\n"
        mail_id = str(events[0]["sg_message_id"]).partition(".")[0]
        delivery = self._open(f"events {words}", mail_id)
        for attempt in range(TRIES):
            status = await self._post(EVENTS_PATH, "application/json", body)
            delivery.statuses.append(status)
            if 200 <= status < 300:
                break
            if attempt < TRIES - 1:
                await asyncio.sleep(PAUSE_S)

    def _open(self, kind: str, mail_id: str) -> Delivery:
        at = self._world.now().isoformat(timespec="milliseconds")
        delivery = Delivery(kind, mail_id, at)
        self.deliveries.append(delivery)
        del self.deliveries[:-2000]
        return delivery

    async def _post(self, path: str, content_type: str, body: bytes) -> int:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
        timestamp = str(int(self._world.now().timestamp()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "SendGrid Event API" if path == EVENTS_PATH else "Sendlib/1.0",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: sign(
                self._world.settings["sendgrid_signing_key"], timestamp.encode() + body
            ),
        }
        url = self._world.settings["public_base_url"].rstrip("/") + path
        try:
            response = await self._http.post(url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, AttributeError):
            return 0  # an AttributeError is anyio's, for a peer killed as soon as it was reached
        return response.status_code


def sign(private_key: str, payload: bytes) -> str:
    """Return the signature (ECDSA P-256, SHA-256, DER) in base64.

    Args:
        private_key: PKCS #8, DER, in base64.
        payload: the timestamp's characters and the body.
    """
    return b64encode(_load(private_key).sign(payload, ec.ECDSA(hashes.SHA256()))).decode()


def public_key_of(private_key: str) -> str:
    """Return the public key as SendGrid shows it: SubjectPublicKeyInfo, DER, in base64."""
    made = _load(private_key).public_key()
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return b64encode(made.public_bytes(serialization.Encoding.DER, kind)).decode()


def _load(private_key: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(b64decode(private_key), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the signing key is none of an elliptic curve")
    return key
