"""What door tests share: a provider made up for them, and a way to knock with raw ASGI messages."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from webhooks.inbound.door import Answer, Door, MalformedError, Received, SignedEndpoint
from webhooks.limits import ForgeryCap

SECRET = b"a secret of the made-up provider"
BASE = "https://city.example.org"


def sign(url: str, body: bytes) -> str:
    """Return the made-up provider's signature."""
    return hmac.new(SECRET, url.encode("latin-1") + b"\n" + body, hashlib.sha256).hexdigest()


@dataclass
class Desk:
    """Takes what the door hands over; `fails` makes it raise instead."""

    taken: list[bytes] = field(default_factory=list)
    fails: Exception | None = None

    async def take(self, received: Received) -> str:
        """Keep the body; `garbage` is what the parser of this provider refuses."""
        body = received.body
        if self.fails:
            raise self.fails
        if body.startswith(b"garbage"):
            raise MalformedError
        known = body in self.taken
        self.taken.append(body)
        return "repeat" if known else "accepted"


def make_endpoint(desk: Desk, cap: ForgeryCap | None = None, provider: str = "fake") -> Any:
    """Return the endpoint of the made-up provider."""
    door = Door(
        provider=provider,
        path="/in/fake",
        content_type=b"application/x-www-form-urlencoded",
        signature_header=b"x-fake-signature",
        verify=lambda got: hmac.compare_digest(sign(got.url, got.body), got.signature),
        hand_over=desk.take,
        answer=Answer(200, b"<Response/>", ((b"content-type", b"text/xml"),)),
    )
    return SignedEndpoint(door, BASE + "/", cap or ForgeryCap(per_window=10_000))


@dataclass
class Heard:
    """What the endpoint sent."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""


async def knock(
    endpoint: Any,
    body: bytes | list[bytes] = b"",
    headers: list[tuple[bytes, bytes]] | None = None,
    method: str = "POST",
    path: bytes = b"/in/fake",
    query: bytes = b"",
    signed: bool = False,
    client: tuple[str, int] | None = ("203.0.113.9", 5000),
) -> Heard:
    """Send one request as the server would and return the answer."""
    chunks = body if isinstance(body, list) else [body]
    sent = headers
    if sent is None:
        sent = [(b"content-type", b"application/x-www-form-urlencoded; charset=utf-8")]
    if signed:
        url = BASE + path.decode("latin-1") + ("?" + query.decode("latin-1") if query else "")
        sent = [*sent, (b"x-fake-signature", sign(url, b"".join(chunks)).encode())]
    queue = [
        {"type": "http.request", "body": chunk, "more_body": n + 1 < len(chunks)}
        for n, chunk in enumerate(chunks)
    ]
    heard = Heard()

    async def receive() -> dict[str, Any]:
        return queue.pop(0) if queue else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            heard.status = message["status"]
            heard.headers = dict(message["headers"])
        else:
            heard.body += message["body"]

    scope = {
        "type": "http",
        "method": method,
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": query,
        "headers": sent,
        "client": client,
    }
    await endpoint(scope, receive, send)
    return heard


def counted(provider: str, result: str) -> float:
    """Return how often this result has been counted."""
    from prometheus_client import REGISTRY

    labels = {"provider": provider, "result": result}
    return REGISTRY.get_sample_value("inbound_total", labels) or 0.0
