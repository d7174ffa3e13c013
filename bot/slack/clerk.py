"""In the worker: takes up what staff did, in the order of its lane, until it has an end.

A worker that dies leaves an event to the next one, so whatever is done for it is done once: the
desk knows a press by the version of its case, and a line by where it was written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog
from prometheus_client import Counter

from bot.clock import Clock
from bot.storage import staff_inbox
from bot.storage.crypto import Vault
from bot.storage.engine import Storage, StorageAwayError
from bot.storage.metadata import to_ms
from bot.storage.staff_inbox import MOST_ATTEMPTS, Taken
from integrations.kit.errors import AdapterError

Handle = Callable[[Taken], Awaitable[None]]
DONE = Counter("staff_events_total", "What staff did in Slack, by how it ended", ["kind", "end"])
log = structlog.get_logger("bot.slack")


class Clerk:
    """Takes events and hands each to who can do it.

    Args:
        storage, vault, clock: the shell's.
        handlers: kind of an event to who does it; other kinds are done as they are.
    """

    def __init__(
        self, *, storage: Storage, vault: Vault, clock: Clock, handlers: Mapping[str, Handle]
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self._handlers = handlers

    async def take(self, row: str) -> None:
        """Take an event if it is free, and then what waits behind it. Raises `StorageAwayError`."""
        following: str | None = row
        while following is not None:
            taken = await self._take(following)
            if taken is None:
                return
            end = await self._work(taken)
            following = await self._end(taken, end)

    async def _take(self, row: str) -> Taken | None:
        return await self._storage.write(lambda c: staff_inbox.take(c, self._vault, row))

    async def _end(self, taken: Taken, end: str) -> str | None:
        DONE.labels(taken.kind, end).inc()
        now = to_ms(self._clock.now())
        return await self._storage.write(lambda c: staff_inbox.end(c, self._vault, taken, end, now))

    async def _work(self, taken: Taken) -> str:
        """Return how an event ended: `done`, or `failed` when it ended too many workers."""
        if taken.attempts > MOST_ATTEMPTS:
            log.error("staff_event_failed", kind=taken.kind, trace_id=taken.trace_id)
            return "failed"
        handler = self._handlers.get(taken.kind)
        try:
            if handler is not None:
                await handler(taken)
        except StorageAwayError:
            raise  # nothing can be written now; the lease lapses and it is taken again
        except AdapterError as error:  # the desk has done its part; only the answer is missing
            log.warning("staff_not_answered", error_code=error.code, trace_id=taken.trace_id)
        except Exception as error:  # a defect of ours; the next ones must not wait for it
            log.error("staff_event_failed", error_code=type(error).__name__, kind=taken.kind)
            return "failed"
        return "done"
