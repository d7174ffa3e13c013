"""Pacing: how often one provider is called, whoever calls.

Every call reserves the next free slot and sleeps until it. Calls of purpose `poller` keep
a gap of their own besides (the guide: 300 ms between status calls). A provider that says
429 holds everybody back, not only the call that heard it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from integrations.kit.errors import Congested

POLLER = "poller"


class Pacer:
    """Hands out slots at an even pace, in this process."""

    def __init__(
        self,
        provider: str,
        per_second: float | None,
        *,
        poll_gap_s: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`per_second`: None for no limit. `poll_gap_s`: seconds between two poller calls."""
        self._provider = provider
        self._interval = 1.0 / per_second if per_second else 0.0
        self._poll_gap = poll_gap_s
        self._sleep = sleep
        self._clock = clock
        self._next = 0.0
        self._next_poll = 0.0

    async def hold(self, seconds: float) -> None:
        """Give out no slot for `seconds` from now: the provider asked for it."""
        self._next = max(self._next, self._clock() + seconds)

    async def wait(self, operation: str, purpose: str, limit_s: float) -> None:
        """Sleep until the next free slot.

        Raises:
            Congested: the slot would come later than `limit_s` seconds from now; none is taken.
        """
        now = self._clock()
        slot = max(now, self._next)
        if purpose == POLLER:
            slot = max(slot, self._next_poll)
        if slot - now > limit_s:
            raise Congested(self._provider, operation, retry_after=slot - now)
        self._next = slot + self._interval
        if purpose == POLLER:
            self._next_poll = slot + self._poll_gap
        if slot > now:
            await self._sleep(slot - now)
