"""When to try again, and after how long: tenacity with decorrelated jitter.

Each pause is drawn between the shortest one and three times the one before, so that many
callers that failed together do not come back together. A `Retry-After` goes before the
draw. A pause that would outlive the deadline ends the trying at once.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import AsyncRetrying, RetryCallState
from tenacity.wait import wait_base

from conversations.vocabulary.requests import SendOutcome
from integrations.kit.calls import Call, Policy
from integrations.kit.errors import AdapterError, RateLimited

RETRY_AFTER_CAP_S = 3600.0
"""The longest Retry-After that is believed, seconds."""


class DecorrelatedJitter(wait_base):
    """`min(longest, uniform(shortest, 3 * previous))`, or the provider's Retry-After and a bit."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest = shortest
        self._longest = longest

    def __call__(self, retry_state: RetryCallState) -> float:
        """Return seconds to pause. The previous pause is `upcoming_sleep` (not `next_action`)."""
        asked = retry_after_of(retry_state)
        if asked is not None:
            return asked + random.uniform(0, self._shortest)  # noqa: S311  jitter, no secret
        previous = max(retry_state.upcoming_sleep, self._shortest)
        return min(self._longest, random.uniform(self._shortest, 3 * previous))  # noqa: S311


def retry_after_of(retry_state: RetryCallState) -> float | None:
    """Return the seconds the failed attempt was asked to wait, or None."""
    error = retry_state.outcome.exception() if retry_state.outcome else None
    return error.retry_after if isinstance(error, AdapterError) else None


def may_repeat(call: Call, error: BaseException) -> bool:
    """Tell whether an attempt that ended in `error` may be made again at once.

    A call that changes the world only when it was certainly not done: nothing was sent,
    or the provider refused it for its pace (429).
    """
    if not isinstance(error, AdapterError) or not error.retryable:
        return False
    if call.idempotent:
        return True
    return error.outcome is SendOutcome.NOT_SENT or isinstance(error, RateLimited)


def make_retrying(
    call: Call,
    policy: Policy,
    left: Callable[[], float],
    is_shut: Callable[[], bool],
    sleep: Callable[[float], Awaitable[None]],
) -> AsyncRetrying:
    """Return tenacity's loop for one call.

    Args:
        call: what is called.
        policy: how often and how long.
        left: seconds until the call's deadline.
        is_shut: True when the breaker would turn the next attempt away; then the error that
            tripped it is the better answer.
        sleep: how to pause.
    """

    def is_over(state: RetryCallState) -> bool:
        return state.attempt_number >= policy.attempts or state.upcoming_sleep >= left()

    def is_worth_it(state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        return error is not None and may_repeat(call, error) and not is_shut()

    return AsyncRetrying(
        wait=DecorrelatedJitter(*policy.backoff_s),
        stop=is_over,
        retry=is_worth_it,
        sleep=sleep,
        reraise=True,
    )


def parse_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds a `Retry-After` header asks for (number or HTTP date), bounded.

    Anything unreadable or negative is None: the jitter decides then.
    """
    if not value or len(value) > 64:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), RETRY_AFTER_CAP_S)
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    seconds = (when - (now or datetime.now(UTC))).total_seconds()
    return min(seconds, RETRY_AFTER_CAP_S) if seconds >= 0 else None
