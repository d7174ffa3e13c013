"""The instruments of a process without doors: `/healthz` and `/metrics` of a worker or the chores.

Calls to providers, quotas, the outbox and turns are counted where they happen, in the worker; the
web process cannot tell of them. So each process serves its own, on a port of its own, under the
rule of the web's `/metrics`: for this machine only, from elsewhere with `METRICS_TOKEN`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket

import structlog
import uvicorn
from starlette.applications import Starlette

from webhooks.connections import GuardedProtocol
from webhooks.health import healthz_route, metrics_route

RETRY_S = 5.0
"""How soon a port that another process holds is asked for again (seconds)."""

log = structlog.get_logger("webhooks.instruments")


async def serve_instruments(host: str, port: int, token: str, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; never raises, for work is worth more than its gauges.

    A port that is taken is waited for: the process that is being replaced still finishes its work.

    Args:
        host: an address of this machine.
        port: 0 serves nothing and returns at once.
        token: bearer token for requests from another machine; empty for none.
        stop: ends it.
    """
    bound: socket.socket | None = None
    while port and bound is None and not stop.is_set():
        bound = _bind(host, port)
        if bound is None:
            log.warning("metrics_port_taken", port=port)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RETRY_S)
    if bound is not None:
        await _serve(bound, token, stop)


async def _serve(bound: socket.socket, token: str, stop: asyncio.Event) -> None:
    app = Starlette(routes=[healthz_route(), metrics_route(token)])
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        limit_concurrency=20,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([bound]))  # signals are the process's own
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    waiting.cancel()
    with contextlib.suppress(Exception):
        await task
    bound.close()


def _bind(host: str, port: int) -> socket.socket | None:
    """Return a listening socket, or None when the port is taken or the host is not ours."""
    try:
        return socket.create_server((host, port))
    except OSError:
        return None
