"""One signed door: method, size, type, signature, parsing, handing over, answer. In that order.

Written as a bare ASGI endpoint on raw bytes: no form parsing before the signature is known, one
read, one digest, one answer made beforehand. Every request is counted under one word in
`inbound_total{provider,result}`, and nothing a stranger sends can leave here as an exception.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from prometheus_client import Counter
from starlette.types import Receive, Scope, Send

from webhooks.body import (
    MAX_BYTES,
    BodyError,
    TooLargeError,
    announced_too_large,
    header,
    read_body,
)
from webhooks.limits import ForgeryCap

log = structlog.get_logger("webhooks.inbound")

INBOUND = Counter(
    "inbound_total", "Requests at the signed doors, by what became of them", ["provider", "result"]
)

HAND_OVER_SECONDS = 10.0
"""How long storing may take before the provider is told to come again (seconds)."""

LONGEST_SIGNATURE = 200
LONGEST_STAMP = 40


class MalformedError(Exception):
    """The request is genuine but cannot be understood. Carries no text: it may be personal."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made beforehand, so that sending it costs two dictionary look-ups."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def sent_headers(self) -> list[tuple[bytes, bytes]]:
        """Return all headers, the length included (a 204 has none)."""
        length = [(b"content-length", str(len(self.body)).encode())] if self.status != 204 else []
        return [*self.headers, *length]


def plain(status: int, words: str, *extra: tuple[bytes, bytes]) -> Answer:
    """Return a short text answer that says nothing about why."""
    return Answer(status, words.encode(), ((b"content-type", b"text/plain"), *extra))


REFUSALS: dict[str, Answer] = {
    "wrong_method": plain(405, "method not allowed", (b"allow", b"POST")),
    "oversized": plain(413, "too large", (b"connection", b"close")),
    "too_slow": plain(408, "too slow", (b"connection", b"close")),
    "wrong_type": plain(415, "unsupported media type"),
    "forged": plain(403, "forbidden"),
    "capped": plain(429, "too many", (b"retry-after", b"60"), (b"connection", b"close")),
    "malformed": plain(400, "bad request"),
    "unavailable": plain(503, "try again", (b"retry-after", b"5")),
}
"""Every word but the provider's own successes, with its answer."""


@dataclass(frozen=True, slots=True)
class Told:
    """A word to count, with an answer that could not be made beforehand (a challenge)."""

    word: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Received:
    """One request as the provider sent it.

    Attributes:
        url: as the provider knows it: our public address, the raw path and query.
        body: raw bytes.
        signature, timestamp: values of the door's headers, ASCII; the timestamp perhaps empty.
        content_type: with its parameters.
        query: raw query string.
    """

    url: str
    body: bytes
    signature: str
    timestamp: str
    content_type: str
    query: bytes


@dataclass(frozen=True, slots=True)
class Door:
    """What a provider's module says about one of its doors.

    Attributes:
        provider: folder name under `integrations/`.
        path: where it calls us.
        content_type: the only one accepted, without parameters.
        signature_header: lower case name.
        verify: whether a request is genuine.
        hand_over: a genuine request to the word to count (`accepted`, `repeat`, ...), or to a
            `Told`; raises `MalformedError`, anything else means "not stored, come again".
        answer: what the provider gets when all went well.
        timestamp_header: lower case name of a header that is signed too, or empty.
        largest: bytes a body may have.
        at_once: requests in work at this door together; more are asked to come again.
        seconds: how long handing over may take before the provider is told to come again.
    """

    provider: str
    path: str
    content_type: bytes
    signature_header: bytes
    verify: Callable[[Received], bool]
    hand_over: Callable[[Received], Awaitable[str | Told]]
    answer: Answer
    timestamp_header: bytes = b""
    largest: int = MAX_BYTES
    at_once: int = 1000
    seconds: float = HAND_OVER_SECONDS


class SignedEndpoint:
    """The ASGI endpoint of a door. The start-up check knows signed routes by this class.

    Args:
        door: the provider's description.
        public_base_url: how the provider reaches us; never taken from the request, because a
            proxy rewrites it and a stranger may set it.
        cap: counts forgeries per address.
    """

    def __init__(self, door: Door, public_base_url: str, cap: ForgeryCap) -> None:
        self._door = door
        self._base = public_base_url.rstrip("/")
        self._cap = cap
        self._in_work = 0
        self._counted = {
            word: INBOUND.labels(door.provider, word)
            for word in (*REFUSALS, "accepted", "repeat", "disconnected")
        }
        answers = {**REFUSALS, "": door.answer}
        self._starts = {
            word: {
                "type": "http.response.start",
                "status": answer.status,
                "headers": answer.sent_headers(),
            }
            for word, answer in answers.items()
        }
        self._bodies = {
            word: {"type": "http.response.body", "body": answer.body}
            for word, answer in answers.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        result = await self._judge(scope, receive)
        if isinstance(result, Told):
            self._count(result.word)
            await _send(result.answer, send)
            return
        self._count(result)
        if result == "disconnected":
            return
        word = result if result in self._starts else ""
        await send(self._starts[word])
        await send(self._bodies[word])

    async def _judge(self, scope: Scope, receive: Receive) -> str | Told:
        """Return the word for this request, having handed it over if it deserves it."""
        door = self._door
        if scope["method"] != "POST":
            return "wrong_method"
        if announced_too_large(scope, door.largest):
            return TooLargeError.result
        kind = header(scope, b"content-type") or b""
        if kind.partition(b";")[0].strip().lower() != door.content_type:
            return "wrong_type"
        signature = header(scope, door.signature_header) or b""
        if not signature or len(signature) > LONGEST_SIGNATURE or not signature.isascii():
            return self._forged(scope)  # not worth reading the body for
        if self._in_work >= door.at_once:
            return "unavailable"
        self._in_work += 1  # bodies are large at some doors: only so many at once
        try:
            body = await read_body(receive, door.largest)
            received = self._receive(scope, body, signature)
            if not self._genuine(received):
                return self._forged(scope)
            return await self._hand_over(received)
        except BodyError as error:
            return error.result
        finally:
            self._in_work -= 1

    def _receive(self, scope: Scope, body: bytes, signature: bytes) -> Received:
        """Return the request as the provider sent it."""
        raw = scope.get("raw_path") or scope["path"].encode()
        url = self._base + raw.decode("latin-1")
        if scope["query_string"]:
            url += "?" + scope["query_string"].decode("latin-1")
        stamp = b""
        if self._door.timestamp_header:
            stamp = header(scope, self._door.timestamp_header) or b""
        kind = header(scope, b"content-type") or b""
        return Received(
            url,
            body,
            signature.decode("ascii"),
            stamp[:LONGEST_STAMP].decode("ascii", "replace"),
            kind.decode("latin-1"),
            scope["query_string"],
        )

    def _genuine(self, received: Received) -> bool:
        """Return whether the provider made this; a verifier that fails has not said yes."""
        try:
            return self._door.verify(received)
        except Exception:  # hostile input must not reach the server's error page
            log.error("signature_check_failed", **{"integration.provider": self._door.provider})
            return False

    def _forged(self, scope: Scope) -> str:
        """Return `forged`, or `capped` once this address has sent too many."""
        client = scope.get("client")
        if self._cap.count(client[0] if client else ""):
            return "capped"
        log.warning("inbound_forged", **{"integration.provider": self._door.provider})
        return "forged"

    async def _hand_over(self, received: Received) -> str | Told:
        """Return what became of a genuine request."""
        try:
            async with asyncio.timeout(self._door.seconds):
                return await self._door.hand_over(received)
        except MalformedError:
            log.warning("inbound_malformed", **{"integration.provider": self._door.provider})
            return "malformed"
        except Exception as error:  # whatever it was, it was not stored: the provider comes again
            log.error(
                "inbound_not_stored",
                error_code=type(error).__name__,
                **{"integration.provider": self._door.provider},
            )
            return "unavailable"

    def _count(self, result: str) -> None:
        """Count one request under its word."""
        counter = self._counted.get(result)
        if counter is None:
            counter = self._counted[result] = INBOUND.labels(self._door.provider, result)
        counter.inc()


async def _send(answer: Answer, send: Send) -> None:
    """Send an answer that was not made beforehand."""
    headers = answer.sent_headers()
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
