"""The yardstick of `bench_intake`: the least a server can do for a signed webhook and its reply.

A bare ASGI application: verify on raw bytes, insert the message in a transaction of its own, answer
200. With BENCH_REPLY (the default) it then, as the full turn must, stores a fixed reply in a second
transaction, posts it to Twilio's stand-in over one kept-alive client, and marks it as sent. No
reading, no conversation, no retries, no encryption, no repeats noticed.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx
import uvicorn

from integrations.twilio.signature import verify

TOKENS = (os.environ["TWILIO_AUTH_TOKENS"],)
BASE = os.environ["PUBLIC_BASE_URL"]
REPLIES = os.environ.get("BENCH_REPLY", "1") == "1"
REPLY = "Where is it? Text the address, or the two streets of the corner."
ANSWER = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
SENDS_AT_ONCE = 32


class Store:
    """One SQLite file, one writer thread, one transaction per call."""

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._path = path
        self._open = asyncio.get_running_loop().run_in_executor(self._thread, self._connect)

    def _connect(self) -> None:
        self._db = sqlite3.connect(self._path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("CREATE TABLE IF NOT EXISTS inbox (sid TEXT PRIMARY KEY, raw BLOB)")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS outbox (sid TEXT PRIMARY KEY, text TEXT, sent INTEGER)"
        )

    async def run(self, statement: str, values: tuple[Any, ...]) -> None:
        """Run one statement in its own transaction."""
        await self._open

        def work() -> None:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(statement, values)
            self._db.execute("COMMIT")

        await asyncio.get_running_loop().run_in_executor(self._thread, work)


class Minimal:
    """The application."""

    def __init__(self) -> None:
        self._store: Store | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._turnstile = asyncio.Semaphore(SENDS_AT_ONCE)
        sink = f"http://127.0.0.1:{os.environ['BENCH_SINK']}"
        self._url = f"{sink}/2010-04-01/Accounts/AC/Messages.json"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one webhook."""
        if self._store is None:
            self._store = Store(os.environ["BENCH_DATABASE"] + ("" if REPLIES else ".intake"))
            self._http = httpx.AsyncClient(timeout=10)
        body = (await receive())["body"]
        signature = next(v for k, v in scope["headers"] if k == b"x-twilio-signature").decode()
        if not verify(BASE + scope["path"], body, signature, TOKENS):
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        form = dict(parse_qsl(body.decode()))
        await self._store.run("INSERT INTO inbox VALUES (?, ?)", (form["MessageSid"], body))
        length = (b"content-length", str(len(ANSWER)).encode())
        headers = [(b"content-type", b"text/xml"), length]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": ANSWER})
        if REPLIES:
            task = asyncio.create_task(self._reply(form, self._store))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reply(self, form: dict[str, str], store: Store) -> None:
        """Do the rest of a turn."""
        sid = form["MessageSid"]
        await store.run("INSERT INTO outbox VALUES (?, ?, 0)", (sid, REPLY))
        data = {"To": form["From"], "From": form["To"], "Body": REPLY}
        async with self._turnstile:
            await self._http.post(self._url, data=data)
        await store.run("UPDATE outbox SET sent = 1 WHERE sid = ?", (sid,))


if __name__ == "__main__":
    uvicorn.run(
        Minimal(), port=int(sys.argv[1]), access_log=False, log_level="error", lifespan="off"
    )
