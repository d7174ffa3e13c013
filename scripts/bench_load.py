"""What the benches share: signed Twilio forms, a lean HTTP load, CPU time of a process, a sink.

The load is a raw asyncio client on kept-alive connections, so that most of the machine is left to
the server that is measured. Forms are signed before the clock starts.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

TOKEN = "bench-token-0123456789abcdef0123"  # noqa: S105  # signs nothing but these requests
ACCOUNT = "AC" + "0" * 32
CITY_NUMBER = "+19295550311"
AREAS = (212, 646, 917, 718, 347, 929, 332)
"""New York's: a number of another country is not answered."""

PUBLIC_URL = "https://bench.example.org"
CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", "64"))
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_numbers = itertools.count(random.SystemRandom().randrange(10**6) * 1000)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: how many requests, how long (seconds), how much server CPU (seconds)."""

    requests: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        """CPU microseconds per request."""
        return self.cpu / self.requests * 1e6


def make_requests(count: int, text: str, host: str) -> list[bytes]:
    """Return whole HTTP requests with signed forms, each from a fresh number with a fresh id."""
    return [_make_request(next(_numbers), text, host) for _ in range(count)]


def _make_request(number: int, text: str, host: str) -> bytes:
    sid = f"SM{number:032x}"
    fields = {
        "ToCountry": "US",
        "ToState": "NY",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "NEW YORK",
        "FromZip": "10001",
        "SmsSid": sid,
        "FromState": "NY",
        "SmsStatus": "received",
        "FromCity": "NEW YORK",
        "Body": text,
        "FromCountry": "US",
        "To": CITY_NUMBER,
        "ToZip": "10001",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": f"+1{AREAS[number % len(AREAS)]}{2_000_000 + number // 7 % 7_999_999}",
        "ApiVersion": "2010-04-01",
        "MessagingServiceSid": "MG" + "0" * 32,
    }
    body = urlencode(fields).encode()
    joined = f"{PUBLIC_URL}/in/twilio" + "".join(key + fields[key] for key in sorted(fields))
    digest = hmac.digest(TOKEN.encode(), joined.encode(), hashlib.sha1)
    head = (
        f"POST /in/twilio HTTP/1.1\r\nHost: {host}\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"X-Twilio-Signature: {base64.b64encode(digest).decode()}\r\n"
        f"Content-Length: {len(body)}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n\r\n"
    )
    return head.encode() + body


class _Line(asyncio.Protocol):
    """One kept-alive connection: sends the next request when the answer has come."""

    def __init__(self, queue: list[bytes], refused: list[bytes]) -> None:
        self._queue = queue
        self._refused = refused
        self._answer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take an answer; it is whole when its announced length is there."""
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found:
            return
        marker = head.lower().find(b"content-length:")
        length = int(head[marker + 15 :].split(b"\r\n", 1)[0]) if marker >= 0 else 0
        if len(body) >= length:
            if not head.startswith(b"HTTP/1.1 200"):
                self._refused.append(head.split(b"\r\n", 1)[0])
            self._answer = b""
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if not self.done.done():
            self.done.set_result(None)

    def _next(self) -> None:
        if self._queue:
            self._transport.write(self._queue.pop())
        else:
            self._transport.close()


async def fire(
    port: int, requests: Sequence[bytes], pids: Sequence[int], connections: int = CONNECTIONS
) -> Measured:
    """Send all requests over some connections and return what it took.

    Raises:
        RuntimeError: something was not answered 200.
    """
    queue, refused = list(requests), list[bytes]()
    loop = asyncio.get_running_loop()
    cpu, began = cpu_seconds(pids), time.perf_counter()
    lines = [
        (await loop.create_connection(lambda: _Line(queue, refused), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(line.done for line in lines))
    seconds = time.perf_counter() - began
    if refused or queue:
        raise RuntimeError(f"{len(refused)} refused, {len(queue)} not sent: {refused[:1]}")
    return Measured(len(requests), seconds, cpu_seconds(pids) - cpu)


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the CPU time processes have used so far, theirs and the system's for them."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / CLOCK_TICKS


class Sink:
    """Stands for Twilio's API in the bench of a turn: takes messages, counts them, answers 201."""

    def __init__(self) -> None:
        self.count = 0
        self._wanted = 0
        self._reached = asyncio.Event()

    async def open(self) -> int:
        """Listen on a free loopback port and return it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def wait_for(self, count: int, seconds: float) -> None:
        """Return when `count` messages have come in all; TimeoutError when they do not."""
        self._wanted = count
        self._reached.clear()
        if self.count < count:
            async with asyncio.timeout(seconds):
                await self._reached.wait()

    async def close(self) -> None:
        """Stop listening."""
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                marker = head.lower().find(b"content-length:")
                length = int(head[marker + 15 :].split(b"\r\n", 1)[0]) if marker >= 0 else 0
                await reader.readexactly(length)
                writer.write(self._answer(head))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, head: bytes) -> bytes:
        if not head.startswith(b"POST"):
            body, status = b'{"messages": [], "next_page_uri": null}', b"200 OK"
        else:
            self.count += 1
            if self.count >= self._wanted:
                self._reached.set()
            sid = f"SM{self.count:032x}"
            fields = f'"sid": "{sid}", "status": "queued", "num_segments": "1"'
            extra = f'"account_sid": "{ACCOUNT}", "error_code": null, "error_message": null'
            body, status = f"{{{fields}, {extra}}}".encode(), b"201 Created"
        return (
            b"HTTP/1.1 "
            + status
            + b"\r\nContent-Type: application/json\r\nContent-Length: "
            + str(len(body)).encode()
            + b"\r\n\r\n"
            + body
        )
