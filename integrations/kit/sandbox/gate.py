"""The gate before every twin: logs the call and lets faults hit. Pure ASGI.

The gate hands a call to its twin with the body already read, collects the twin's answer,
and only then lets it (or the fault) out. So commit-then-fail is simple: the answer is
dropped. Connections are broken on uvicorn's transport; in process, where there is none,
httpx's own error is raised, which is what a client would have seen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import httpx

from integrations.kit.sandbox.faults import Fault
from integrations.kit.sandbox.journal import Entry, readable
from integrations.kit.sandbox.world import World

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_LIMIT = 8 << 20
DRIP_STEPS = 20


@dataclass(slots=True)
class _Held:
    """A twin's answer, held back."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def content_type(self) -> str:
        return dict(self.headers).get(b"content-type", b"").decode("latin-1")


class Gate:
    """Stands before one twin."""

    def __init__(self, world: World, provider: str, twin: App) -> None:
        self._world = world
        self._provider = provider
        self._twin = twin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; the twin's own `/_control/` paths pass without log and faults."""
        if scope["type"] != "http":
            await self._twin(scope, receive, send)
            return
        path = _own_path(scope)
        if path.startswith("/_control"):
            await self._twin(scope, receive, send)
            return
        began = time.perf_counter()
        body = await _read(receive)
        operation = self._operation(scope["method"], path)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        entry = self._world.journal.open(
            self._provider, operation, scope["method"], path, scope["query_string"], headers, body
        )
        fault = self._world.faults.take(self._provider, operation, scope["method"], path)
        held = _Held()
        if fault is None or fault.commits or fault.plain_kind == "slow":
            held = await _collect(self._twin, scope, body)
            entry.answer = readable(held.body, held.content_type())
        else:
            entry.committed = False
        entry.status, entry.fault = held.status, fault.kind if fault else None
        try:
            await _let_out(held, fault, entry, send)
        finally:
            entry.ms = round((time.perf_counter() - began) * 1000, 1)

    def _operation(self, method: str, path: str) -> str:
        for name, its_method, pattern in self._world.operations.get(self._provider, ()):
            if its_method == method and fnmatchcase(path, pattern):
                return name
        return f"{method.lower()} {path}"


def _own_path(scope: Scope) -> str:
    root: str = scope.get("root_path", "")
    path: str = scope["path"]
    return path[len(root) :] if root and path.startswith(root) else path


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body") or sum(map(len, parts)) > BODY_LIMIT:
            return b"".join(parts)


async def _collect(twin: App, scope: Scope, body: bytes) -> _Held:
    held = _Held()
    parts = [body]

    async def receive() -> Message:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": False}
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            held.status = message["status"]
            held.headers = [(bytes(name), bytes(value)) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            held.body += message.get("body", b"")

    await twin(scope, receive, send)
    return held


async def _let_out(held: _Held, fault: Fault | None, entry: Entry, send: Send) -> None:
    kind = fault.plain_kind if fault else "none"
    if fault is None:
        await _answer(send, held.status, held.headers, held.body)
    elif kind == "status":
        entry.status = fault.status
        headers = [(b"content-type", b"application/json")]
        if fault.retry_after is not None:
            headers.append((b"retry-after", str(fault.retry_after).encode()))
        await _answer(send, fault.status, headers, b'{"message":"sandbox fault"}')
    elif kind == "garbage":
        entry.status = 200
        headers = [(b"content-type", b"application/json")]
        await _answer(send, 200, headers, b"<html>\xff\xfe502 upstream went away {{{")
    elif kind == "slow":
        await _drip(send, held, fault.seconds)
    else:
        entry.status = None
        await _break_off(send, held, fault)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    kept.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": kept})
    await send({"type": "http.response.body", "body": body})


async def _drip(send: Send, held: _Held, seconds: float) -> None:
    await send({"type": "http.response.start", "status": held.status, "headers": held.headers})
    step = max(1, len(held.body) // DRIP_STEPS)
    pieces = [held.body[at : at + step] for at in range(0, len(held.body), step)]
    for piece in pieces:
        await asyncio.sleep(seconds / len(pieces))
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _break_off(send: Send, held: _Held, fault: Fault) -> None:
    """Never answer (`timeout`), drop the line (`reset`), or stop in the middle (`cut`)."""
    cycle = getattr(send, "__self__", None)
    transport = getattr(cycle, "transport", None)  # uvicorn's; None when there is no socket
    if fault.plain_kind == "timeout":
        await asyncio.sleep(fault.seconds)
    if transport is None:
        if fault.plain_kind == "timeout":
            raise httpx.ReadTimeout("sandbox fault")
        raise httpx.RemoteProtocolError("sandbox fault")
    if fault.plain_kind == "cut":
        body = held.body or b'{"trackingNumber":"NYC311-2026-'
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": held.status, "headers": headers})
        half = body[: max(1, len(body) // 2)]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(0.05)
        transport.close()
    else:
        transport.abort()
    cycle.disconnected = True  # type: ignore[union-attr]  # or uvicorn logs an error of ours
