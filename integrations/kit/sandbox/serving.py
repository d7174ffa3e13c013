"""Serving the sandbox (or any ASGI app) over real HTTP, for tests and the embedded form."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn


@asynccontextmanager
async def serve(app: Any, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve `app` in this event loop and give its base URL; stops at the end.

    Args:
        app: any ASGI application.
        host: loopback, unless you know why not: a twin trusts everybody.
        port: 0 takes a free one.
    """
    # With the protocol left at 0 asyncio does not switch Nagle off: 40 ms per answer.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([bound]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110  uvicorn has no event
            await asyncio.sleep(0.01)
        yield f"http://{host}:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait({task})
        bound.close()
