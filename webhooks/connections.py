"""Connections that take their time: cut off, so that they cannot keep others out.

uvicorn waits for ever for the rest of a request, and puts no limit to its head. A thousand
connections that send half a header and then nothing held the service at 503 for everybody, texts
of residents included (measured). So a request has to arrive within seconds, its head within a few
thousand bytes, and of too many connections that only wait the one waiting longest is dropped.

Whatever a proxy in front does in the same way costs nothing twice.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

RECEIVE_SECONDS = 15.0
"""How long a whole request may take to arrive, from connecting or from its first byte."""

MAX_HEAD_BYTES = 32 * 1024
"""Request line and headers together; genuine webhooks have below 2 KB."""

MOST_WAITING = 500


def most_waiting() -> int:
    """Return how many connections may wait at once: never more than a third of the descriptors."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_WAITING if soft == resource.RLIM_INFINITY else min(MOST_WAITING, soft // 3)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol with a limit on waiting. For `uvicorn.Config(http=...)`."""

    limit: ClassVar[int] = most_waiting()
    seconds: ClassVar[float] = RECEIVE_SECONDS
    _waiting: ClassVar[dict[GuardedProtocol, None]] = {}
    """Connections of this process with no request in work, the one waiting longest first."""

    _deadline: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._set_deadline()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._received()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head without end is not kept in memory."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
                self.transport.abort()

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a request."""
        super().on_message_begin()
        self._head_bytes, self._in_head = 0, True
        if self._deadline is None:
            self._set_deadline()
            self._wait()

    def on_headers_complete(self) -> None:
        """Note that the head has come; the body is counted where it is read."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop waiting: the request is here and in work."""
        self._received()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request; uvicorn's own timer ends an idle connection."""
        super().on_response_complete()
        if not self.pipeline and not self.transport.is_closing():
            self._wait()

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(self.seconds, self._give_up)

    def _wait(self) -> None:
        """Join those that wait, at their end; the first of too many is dropped."""
        self._waiting.pop(self, None)
        self._waiting[self] = None
        if len(self._waiting) > self.limit:
            next(iter(self._waiting))._give_up()

    def _received(self) -> None:
        """Leave those that wait."""
        self._waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        """Drop the connection without a word; nobody waits for one."""
        self._received()
        transport: Any = self.transport
        if not transport.is_closing():
            transport.abort()
