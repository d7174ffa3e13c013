"""Running a process until it is asked to stop, with the work in hand finished."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable


def run_until_signal(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `main(stop)`; SIGTERM and SIGINT set `stop`, so that the work in hand is finished."""

    async def body() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await main(stop)

    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(body())


def _new_loop() -> asyncio.AbstractEventLoop:
    """Return uvloop's event loop, which costs half the CPU per request, or asyncio's own."""
    try:
        import uvloop
    except ImportError:  # not made for this platform
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
