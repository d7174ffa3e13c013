"""Quota and pace: who may use the last calls of the day, and how far apart calls are."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from prometheus_client import REGISTRY

from integrations.kit import errors
from integrations.kit.caller import Call, Policy
from integrations.kit.pacing import Pacer
from integrations.kit.quota import MemoryQuota
from integrations.kit.retry import parse_retry_after


def ok(request: httpx.Request) -> httpx.Response:
    """Answer with an empty object."""
    return httpx.Response(200, json={})


def read(answer):
    """Parse as JSON."""
    return answer.json()


async def test_the_poller_leaves_what_residents_need() -> None:
    """The poller may use 40 %, look-ups leave 30 %, residents use the last call."""
    quota = MemoryQuota({"p": Policy(quota_daily=100)})
    counts = {}
    for purpose in ("poller", "lookup", "resident"):
        taken = 0
        while await quota.take("p", purpose):
            taken += 1
        counts[purpose] = taken
    assert counts == {"poller": 40, "lookup": 30, "resident": 30}
    assert await quota.remaining("p") == 0


async def test_an_unknown_purpose_is_the_least_important() -> None:
    """A purpose nobody named may use no more than the poller."""
    quota = MemoryQuota({"p": Policy(quota_daily=10)})
    assert [await quota.take("p", "whim") for _ in range(8)].count(True) == 4


async def test_a_new_day_begins_at_midnight() -> None:
    """The next day everything is there again."""
    today = [datetime(2026, 11, 23, 23, 59, tzinfo=UTC)]
    quota = MemoryQuota({"p": Policy(quota_daily=1)}, now=lambda: today[0])
    assert await quota.take("p", "resident")
    assert not await quota.take("p", "resident")
    today[0] = datetime(2026, 11, 24, tzinfo=UTC)
    assert await quota.take("p", "resident")


async def test_a_spent_quota_sends_nothing(make_caller, caplog) -> None:
    """When the day is used up no call goes out, and the error says so."""
    sent = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return ok(request)

    caller = make_caller(handler, Policy(quota_daily=3), name="spent")
    call = Call("a", "GET", "https://x.test/")
    for _ in range(3):
        await caller.call(call, read)
    with pytest.raises(errors.QuotaSpent) as caught:
        await caller.call(call, read)
    assert len(sent) == 3
    assert caught.value.code == "quota_spent"
    assert caught.value.outcome.value == "not_sent"
    assert REGISTRY.get_sample_value("quota_remaining", {"provider": "spent"}) == 0


async def test_a_spent_day_is_not_asked_about_until_midnight(make_caller) -> None:
    """After the last call nothing is counted or sent, until the provider's next day begins."""
    moment = [datetime(2026, 11, 23, 22, 0, tzinfo=UTC)]
    policy = Policy(quota_daily=2)
    quota = MemoryQuota({"day": policy}, now=lambda: moment[0])
    asked = []

    class Counting:
        now, remaining = staticmethod(quota.now), staticmethod(quota.remaining)

        async def take(self, provider: str, purpose: str) -> bool:
            asked.append(purpose)
            return await quota.take(provider, purpose)

    caller = make_caller(ok, policy, name="day")
    caller.quota = Counting()
    call = Call("a", "GET", "https://x.test/")
    for _ in range(2):
        await caller.call(call, read)
    assert not caller.is_spent
    for _ in range(3):
        with pytest.raises(errors.QuotaSpent) as caught:
            await caller.call(call, read)
        assert caught.value.retry_after == 2 * 3600
    assert len(asked) == 3
    assert caller.is_spent
    labels = {"provider": "day", "kind": "quota"}
    assert REGISTRY.get_sample_value("adapter_breaker_open", labels) == 1
    moment[0] = datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC)
    assert not caller.is_spent
    await caller.call(call, read)
    assert REGISTRY.get_sample_value("adapter_breaker_open", labels) == 0


async def test_the_pollers_share_is_not_the_day(make_caller) -> None:
    """When the poller's share is used up, residents go on."""
    policy = Policy(quota_daily=10)
    caller = make_caller(ok, policy, name="share")
    caller.quota = MemoryQuota({"share": policy})
    with pytest.raises(errors.QuotaSpent):
        for _ in range(5):
            await caller.call(Call("a", "GET", "https://x.test/", purpose="poller"), read)
    assert not caller.is_spent
    await caller.call(Call("a", "GET", "https://x.test/"), read)


async def test_budgets_fail_closed(make_caller) -> None:
    """When the count cannot be asked no call is made, and no foreign exception comes out."""

    class Away:
        async def take(self, provider: str, purpose: str) -> bool:
            raise ConnectionError("secret")

        async def remaining(self, provider: str) -> int | None:
            raise ConnectionError("secret")

        def now(self) -> datetime:
            return datetime.now(UTC)

    caller = make_caller(ok, Policy(quota_daily=3))
    caller.quota = Away()
    with pytest.raises(errors.QuotaUnknown) as caught:
        await caller.call(Call("a", "GET", "https://x.test/"), read)
    assert caught.value.__context__ is None


async def test_slots_are_evenly_apart(fake_time) -> None:
    """Ten a second means a tenth of a second between any two, however many come at once."""
    pacer = Pacer("p", 10, sleep=fake_time.sleep, clock=fake_time.clock)
    for _ in range(5):
        await pacer.wait("a", "resident", 30)
    assert fake_time.now - 1000 == pytest.approx(0.4)


async def test_concurrent_calls_get_slots_of_their_own() -> None:
    """Calls at the same moment are spread, not let through together."""
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    pacer = Pacer("p", 1, sleep=sleep, clock=lambda: 50.0)
    await asyncio.gather(*[pacer.wait("a", "resident", 30) for _ in range(4)])
    assert slept == [1, 2, 3]


async def test_the_poller_keeps_a_gap(fake_time) -> None:
    """Between two poller calls lie 300 ms; a resident's call need not wait for them."""
    pacer = Pacer("p", 10, poll_gap_s=0.3, sleep=fake_time.sleep, clock=fake_time.clock)
    await pacer.wait("a", "poller", 30)
    await pacer.wait("a", "resident", 30)
    assert fake_time.now - 1000 == pytest.approx(0.1)
    await pacer.wait("a", "poller", 30)
    assert fake_time.now - 1000 == pytest.approx(0.3)


async def test_a_slot_after_the_deadline_is_not_taken(fake_time) -> None:
    """Who cannot be served in time is told at once, and takes nobody's slot."""
    pacer = Pacer("p", 1, sleep=fake_time.sleep, clock=fake_time.clock)
    await pacer.hold(10)
    with pytest.raises(errors.Congested) as caught:
        await pacer.wait("a", "resident", 5)
    assert caught.value.retry_after == pytest.approx(10)
    fake_time.now += 10
    await pacer.wait("a", "resident", 5)
    assert fake_time.slept == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("999999", 3600.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("9" * 100, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("²", None),
    ],
)
def test_retry_after(value, seconds) -> None:
    """Numbers and dates are read, bounded; nonsense is nothing."""
    assert parse_retry_after(value) == seconds
