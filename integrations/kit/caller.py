"""The way in: one `Caller` per provider, through which every call to it goes.

Order: quota, pacing, retry, breaker (each attempt), timeout (innermost), HTTP. A further
attempt costs quota and pace like the first; a call that an open breaker would turn away
costs neither. `GET` and the calls that change the world have breakers of their own: a city
that cannot take reports can still tell how they stand.

A call that changes the world (`idempotent=False`) ends in one of four ways, told by the
`outcome` of the error, or by the value: not sent, accepted, refused, unknown. In doubt it
is never made again (RELIABILITY 5.1).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from integrations.kit import logs, metrics, traces
from integrations.kit.breaker import RateBreaker
from integrations.kit.calls import Answer, Call, Policy
from integrations.kit.errors import (
    AdapterError,
    Congested,
    QuotaSpent,
    QuotaUnknown,
    RateLimited,
    Rejected,
    ServerFailed,
    TimedOut,
    Unauthorised,
    Unreadable,
)
from integrations.kit.pacing import Pacer
from integrations.kit.quota import WARN_SHARE, Quota, day_of, floor_of, seconds_left
from integrations.kit.retry import make_retrying, parse_retry_after
from integrations.kit.transport import Attempt

__all__ = ["Answer", "Call", "Caller", "Policy"]

T = TypeVar("T")
Explain = Callable[[Answer], AdapterError | None]
Exchange = Callable[[float], Awaitable[Answer]]
"""One attempt over another protocol than HTTP, within so many seconds. Raises `AdapterError`, or
returns an answer whose status 2xx means that it was taken."""

QUOTA_LOOK_S = 5.0
"""How often the gauge of calls left is refreshed, seconds (it costs a query)."""


class Caller:
    """Calls one provider. Safe for any number of tasks at once."""

    def __init__(
        self,
        provider: str,
        policy: Policy,
        *,
        http: httpx.AsyncClient,
        quota: Quota,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        pacer: Pacer | None = None,
        account: str = "",
    ) -> None:
        """Make the caller.

        Args:
            provider: its name in metrics and logs.
            policy: how it wants to be called.
            http: this provider's client, kept for life and closed by who opened it.
            quota: who may still call today.
            sleep: how to pause, seconds.
            clock: a clock that never goes back, seconds.
            pacer: one that is shared with other processes; a local one by default.
            account: whose quota is counted, when a provider has several; its name by default.
        """
        self.provider = provider
        self.account = account or provider
        self.policy = policy
        self._http = http
        self.quota = quota
        self._sleep = sleep
        self._clock = clock
        self._pacer = pacer or Pacer(
            provider, policy.per_second, poll_gap_s=policy.poll_gap_s, sleep=sleep, clock=clock
        )
        self.breakers = {
            kind: RateBreaker(provider, kind, reset_s=policy.breaker_reset_s, clock=clock)
            for kind in ("read", "write")
        }
        self._quota_looked = float("-inf")
        self._quota_warned = False
        self._spent_on = ""

    @property
    def is_spent(self) -> bool:
        """True when the day's last call is used up: nothing is asked until midnight."""
        return self._spent_on == day_of(self.quota.now())

    async def call(
        self,
        call: Call,
        parse: Callable[[Answer], T],
        explain: Explain | None = None,
        exchange: Exchange | None = None,
    ) -> T:
        """Make one call and return what `parse` makes of its answer.

        Args:
            call: what to do.
            parse: turns a 2xx answer (or one of `call.accepts`) into a value. Whatever it
                raises besides an `AdapterError` means that the answer is unreadable.
            explain: looks at a refusal (4xx) and returns the provider's own error for it,
                or None to let the status decide.
            exchange: makes one attempt; over HTTP when it is None.

        Raises:
            AdapterError: see `integrations.kit.errors`.
        """
        started = self._clock()
        record = logs.CallRecord(self.provider, call)
        with traces.call_span(self.provider, call.operation) as span:
            try:
                value = await self._persist(call, parse, explain, exchange, record, started)
                record.done = True
            except AdapterError as error:
                record.error = error
                error.trace_id = traces.current_trace_id()
                traces.mark_failed(span, error.code)
                raise
            finally:
                record.seconds = self._clock() - started
                if record.status is not None and exchange is None:
                    span.set_attribute("http.status_code", record.status)
                record.write()
        return value

    async def _persist(
        self,
        call: Call,
        parse: Callable[[Answer], T],
        explain: Explain | None,
        exchange: Exchange | None,
        record: logs.CallRecord,
        started: float,
    ) -> T:
        deadline = started + self.policy.deadline_s
        breaker = self.breakers["read" if call.idempotent else "write"]

        def left() -> float:
            return deadline - self._clock()

        async def attempt() -> T:
            record.status = None
            breaker.refuse_if_open(call.operation)
            await self._admit(call, left())
            if left() <= 0:
                raise Congested(self.provider, call.operation)
            record.attempts += 1
            return await breaker.guard(call.operation, try_once)

        async def try_once() -> T:
            if exchange is None:
                answer = await Attempt(self.provider, call, self.policy, self._http, left()).run()
            else:
                answer = await exchange(min(self.policy.timeout_s, left()))
            record.status = answer.status
            try:
                return self._understand(call, answer, parse, explain)
            except RateLimited as error:
                if error.retry_after and answer.status >= 400:  # holds everybody, not only us
                    await self._pacer.hold(error.retry_after)
                raise

        retrying = make_retrying(call, self.policy, left, lambda: breaker.is_open, self._sleep)
        return await retrying(attempt)

    async def _admit(self, call: Call, left_s: float) -> None:
        """Take one call from the quota and wait for a slot of the pace."""
        if self.policy.quota_daily is not None:
            await self._count(call)
        await self._pacer.wait(call.operation, call.purpose, left_s)

    async def _count(self, call: Call) -> None:
        """Take one call from the quota, or raise.

        Once not even a resident's call was left, nobody is asked again that day.
        """
        if self._spent_on and self.is_spent:
            raise self._spent(call)
        taken = await self._take(call.purpose)
        if taken is False and floor_of(self.policy, call.purpose) == 0:
            self._spent_on = day_of(self.quota.now())
        elif taken:
            self._spent_on = ""
        metrics.BREAKER_OPEN.labels(self.account, "quota").set(int(bool(self._spent_on)))
        await self._watch_quota(force=not taken)
        if taken is None:
            raise QuotaUnknown(self.provider, call.operation)
        if not taken:
            raise self._spent(call)

    def _spent(self, call: Call) -> QuotaSpent:
        left_s = seconds_left(self.quota.now())
        return QuotaSpent(self.provider, call.operation, retry_after=left_s)

    async def is_low(self) -> bool:
        """Return whether a tenth of the day's calls or less is left, as far as can be told."""
        if self.policy.quota_daily is None:
            return False
        try:
            left = await self.quota.remaining(self.account)
        except Exception:  # the count is away; the call itself will say so
            return False
        return left is not None and left <= self.policy.quota_daily * WARN_SHARE

    async def _take(self, purpose: str) -> bool | None:
        """Take one call of today; None when the count could not be asked."""
        try:
            return await self.quota.take(self.account, purpose)
        except Exception:  # whatever the store raises, it is away
            return None

    async def _watch_quota(self, *, force: bool = False) -> None:
        """Refresh the gauge of calls left; warn once when a tenth is left."""
        now = self._clock()
        if self.policy.quota_daily is None or (
            now - self._quota_looked < QUOTA_LOOK_S and not force
        ):
            return
        self._quota_looked = now
        try:
            remaining = await self.quota.remaining(self.account)
        except Exception:  # only the gauge stays as it was
            return
        if remaining is None:
            return
        metrics.QUOTA_REMAINING.labels(self.account).set(remaining)
        low = remaining <= self.policy.quota_daily * WARN_SHARE
        if low and not self._quota_warned:
            logs.warn_quota(self.account, remaining)
        self._quota_warned = low

    def _understand(
        self, call: Call, answer: Answer, parse: Callable[[Answer], T], explain: Explain | None
    ) -> T:
        """Return the parsed answer or raise what its status means."""
        if not (200 <= answer.status < 300 or answer.status in call.accepts):
            raise self._error_of(call, answer, explain)
        try:
            return parse(answer)
        except AdapterError:
            raise
        except Exception:  # noqa: S110  hostile content may break a parser in any way
            pass
        # Raised outside the `except`: the parser's error may quote the answer.
        raise Unreadable(self.provider, call.operation, status=answer.status)

    def _error_of(self, call: Call, answer: Answer, explain: Explain | None) -> AdapterError:
        status = answer.status
        wait = parse_retry_after(answer.headers.get("retry-after"))
        if 400 <= status < 500 and explain is not None and (own := _ask(explain, answer)):
            own.status = status
            own.retry_after = own.retry_after if own.retry_after is not None else wait
            return own
        kind: type[AdapterError] = Unreadable
        if status == 429:
            kind = RateLimited
        elif status == 408:
            kind = TimedOut  # the server gave up waiting: nobody knows how far it had come
        elif status in (401, 403):
            kind = Unauthorised
        elif 400 <= status < 500:
            kind = Rejected
        elif status >= 500:
            kind = ServerFailed
        return kind(self.provider, call.operation, status=status, retry_after=wait)


def _ask(explain: Explain, answer: Answer) -> AdapterError | None:
    """Return the provider's own error for a refusal; None when its body is not understood."""
    try:
        return explain(answer)
    except Exception:
        return None
