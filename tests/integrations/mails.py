"""Mails and the requests that bring them, made for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

BOUNDARY = "testBoundaryOfTheForm"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
RECIPIENT = "city+k3y@in.city.example"
RESIDENT = "jane@example.org"
LONGEST_PAUSE_S = 1.5

HEADERS = {
    "From": f"Jane Doe <{RESIDENT}>",
    "To": RECIPIENT,
    "Subject": "Pothole",
    "Message-ID": "<one@example.org>",
}


def write_mail(body: bytes | str = "hello\r\n", **headers: str) -> bytes:
    """Return a mail; a header named here with an empty value is left out (`_` means `-`)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    merged = {**HEADERS, **named}
    head = "".join(f"{name}: {value}\r\n" for name, value in merged.items() if value)
    return head.encode() + b"\r\n" + (body.encode() if isinstance(body, str) else body)


def write_form(
    fields: Sequence[tuple[str, bytes]],
    files: Sequence[tuple[str, str, str, bytes]] = (),
    boundary: str = BOUNDARY,
) -> bytes:
    """Return a multipart form: fields, then files (name, file name, content type, content)."""
    pieces = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value
        for name, value in fields
    ]
    pieces += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + content
        for name, filename, kind, content in files
    ]
    return b"".join(piece + b"\r\n" for piece in pieces) + f"--{boundary}--\r\n".encode()


def write_envelope(recipients: Sequence[object] = (RECIPIENT,), sender: object = RESIDENT) -> bytes:
    """Return the envelope's JSON."""
    return json.dumps({"to": list(recipients), "from": sender}).encode()


def deliver_raw(mail: bytes, **changes: bytes | None) -> bytes:
    """Return the body of a request in raw mode; a field changed to None is left out."""
    fields: Mapping[str, bytes | None] = {
        "dkim": b"{@example.org : pass}",
        "email": mail,
        "to": RECIPIENT.encode(),
        "envelope": write_envelope(),
        "SPF": b"pass",
        **changes,
    }
    return write_form([(name, value) for name, value in fields.items() if value is not None])


def deliver_parsed(
    head: str, files: Sequence[tuple[str, str, str, bytes]] = (), **changes: bytes | None
) -> bytes:
    """Return the body of a request in parsed mode."""
    fields: Mapping[str, bytes | None] = {
        "headers": head.encode(),
        "dkim": b"{@example.org : pass}",
        "text": b"hello",
        "envelope": write_envelope(),
        "charsets": b'{"text":"UTF-8"}',
        **changes,
    }
    return write_form([(name, value) for name, value in fields.items() if value is not None], files)


@asynccontextmanager
async def watch_loop() -> AsyncIterator[None]:
    """Fail when the event loop stood still for long while something ran."""
    loop = asyncio.get_running_loop()
    pauses = [0.0]

    async def tick() -> None:
        while True:
            before = loop.time()
            await asyncio.sleep(0.01)
            pauses.append(loop.time() - before)

    ticker = asyncio.create_task(tick())
    try:
        yield
    finally:
        ticker.cancel()
    assert max(pauses) < LONGEST_PAUSE_S
