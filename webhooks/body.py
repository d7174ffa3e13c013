"""Reading a request body with a cap on its size and on the time it may take.

Nothing is parsed here, and nothing is read beyond the cap: a body that says it is too long is
refused by its header, one that lies is refused while it is read.
"""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope

MAX_BYTES = 64 * 1024
READ_SECONDS = 10.0


class BodyError(Exception):
    """The body was not read. `result` is the word it is counted under."""

    result = "unreadable"
    status = 400


class TooLargeError(BodyError):
    """More bytes than the cap, as announced or as sent."""

    result = "oversized"
    status = 413


class TooSlowError(BodyError):
    """The body did not arrive in time."""

    result = "too_slow"
    status = 408


class DisconnectedError(BodyError):
    """The client went away before the body was complete: there is nobody to answer."""

    result = "disconnected"
    status = 0


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first value of header `name` (lower case), or None."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def announced_too_large(scope: Scope, limit: int = MAX_BYTES) -> bool:
    """Return True when Content-Length is over `limit`; a malformed one counts as too large."""
    length = header(scope, b"content-length")
    if length is None:
        return False
    return not length.isdigit() or len(length) > 12 or int(length) > limit


async def read_body(
    receive: Receive, limit: int = MAX_BYTES, seconds: float = READ_SECONDS
) -> bytes:
    """Return the whole body.

    Raises:
        TooLargeError: as soon as more than `limit` bytes have come.
        TooSlowError: when it takes longer than `seconds`.
        DisconnectedError: when the client leaves first.
    """
    try:
        async with asyncio.timeout(seconds):
            first, more = await _next_chunk(receive)
            if not more and len(first) <= limit:
                return first  # the usual case: one chunk, no copy
            chunks, size = [first], len(first)
            while more and size <= limit:
                chunk, more = await _next_chunk(receive)
                chunks.append(chunk)
                size += len(chunk)
    except TimeoutError:
        raise TooSlowError from None
    if size > limit:
        raise TooLargeError
    return b"".join(chunks)


async def _next_chunk(receive: Receive) -> tuple[bytes, bool]:
    """Return the next piece of the body and whether more follows."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise DisconnectedError
    return message.get("body", b""), message.get("more_body", False)
