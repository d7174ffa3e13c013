"""The circuit breaker: aiobreaker's states and listeners around a window of twenty calls.

aiobreaker 1.2.0 alone counts consecutive failures, mixes local and UTC time, lets every
waiting call through when half open, replaces the upstream's error by its own and counts
excluded errors as success (LIBRARIES section 3). What is replaced here: the count (at
least half of the last twenty), the clock (monotonic), the half-open gate (one probe), and
the error that reaches the caller (the upstream's).

A refusal (4xx) says nothing about the provider's health: it is not counted at all, except
that it ends a half-open probe well, for the provider does answer.

Each process has its own breakers, unlike the pace and the hold after a 429, which are the
provider's word to the whole city. A breaker is only a guess from calls of one's own, it costs a
process at most twenty of them to learn, and shared it would let one process with a broken
network shut out all. `/readyz` shows the worst of all (`bot/breakers.py`).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from aiobreaker import CircuitBreaker, CircuitBreakerListener, CircuitBreakerState
from aiobreaker.storage.memory import CircuitMemoryStorage

from integrations.kit import metrics
from integrations.kit.errors import AdapterError, BreakerOpen, QuotaSpent, RateLimited, Refused

WINDOW = 20
SHARE = 0.5
T = TypeVar("T")


class RateBreaker(CircuitBreaker):  # type: ignore[misc]  # aiobreaker has no types
    """Opens when at least half of the last twenty calls failed."""

    def __init__(
        self,
        provider: str,
        kind: str,
        *,
        reset_s: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        listeners: tuple[CircuitBreakerListener, ...] = (),
    ) -> None:
        """`kind`: the sort of operation it guards (`read`, `write`). `reset_s`: seconds open."""
        super().__init__(
            fail_max=1,
            timeout_duration=timedelta(seconds=reset_s),
            listeners=[_Gauge(provider, kind), *listeners],
            state_storage=CircuitMemoryStorage(CircuitBreakerState.CLOSED),
            name=f"{provider}.{kind}",
        )
        self.provider = provider
        self.kind = kind
        self._clock = clock
        self._reset_s = reset_s
        self._until = 0.0
        self._window: deque[bool] = deque(maxlen=WINDOW)
        self._probing = False

    @property
    def is_open(self) -> bool:
        """True while calls are turned away (open, or half open with its probe under way)."""
        return self.retry_after is not None

    @property
    def retry_after(self) -> float | None:
        """Seconds until a call may be tried, or None when one may be tried now."""
        if self.current_state is CircuitBreakerState.CLOSED:
            return None
        left = self._until - self._clock()
        if left > 0:
            return left
        return 1.0 if self._probing else None

    def open(self) -> None:
        """Turn calls away for `reset_s` seconds, then let one probe through."""
        self._until = self._clock() + self._reset_s
        self._state_storage.opened_at = datetime.now(UTC)
        self._state_storage.state = CircuitBreakerState.OPEN
        self.state = CircuitBreakerState.OPEN

    def refuse_if_open(self, operation: str) -> None:
        """Raise `BreakerOpen` when a call would be turned away now; changes nothing."""
        if (wait := self.retry_after) is not None:
            raise BreakerOpen(self.provider, operation, retry_after=wait)

    async def guard(self, operation: str, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run one attempt; count how it ended; raise what it raised."""
        self.refuse_if_open(operation)
        probe = self.current_state is not CircuitBreakerState.CLOSED
        if probe:
            self._probing = True
            self.half_open()
        try:
            value = await attempt()
        except AdapterError as error:
            self._count_error(error, probe)
            raise
        finally:
            # Also when cancelled: a probe that never ended must not hold the gate shut.
            if probe:
                self._probing = False
        self._count(failed=False, probe=probe)
        return value

    def _count_error(self, error: AdapterError, probe: bool) -> None:
        if isinstance(error, RateLimited | QuotaSpent):
            return
        if isinstance(error, Refused):
            if probe:
                self._count(failed=False, probe=True)
            return
        for listener in self.listeners:
            listener.failure(self, error)
        self._count(failed=True, probe=probe)

    def _count(self, *, failed: bool, probe: bool) -> None:
        if probe:
            self._window.clear()
            if failed:
                self.open()
            else:
                self.close()
            return
        self._window.append(failed)
        enough = len(self._window) == WINDOW and sum(self._window) >= WINDOW * SHARE
        if failed and enough and self.current_state is CircuitBreakerState.CLOSED:
            self.open()


class _Gauge(CircuitBreakerListener):  # type: ignore[misc]
    """Shows the breaker's state as a metric, so that an alert can see it open for minutes."""

    def __init__(self, provider: str, kind: str) -> None:
        self._gauge = metrics.BREAKER_OPEN.labels(provider, kind)
        self._gauge.set(0)

    def state_change(self, breaker: CircuitBreaker, old: object, new: object) -> None:
        """Set the gauge: 1 unless closed."""
        self._gauge.set(0 if breaker.current_state is CircuitBreakerState.CLOSED else 1)
