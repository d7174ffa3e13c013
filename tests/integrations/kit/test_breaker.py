"""The breaker: half of twenty, one probe, the upstream's error, and what does not count."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from integrations.kit import errors
from integrations.kit.breaker import RateBreaker
from integrations.kit.caller import Call, Policy

GET = Call("look", "GET", "https://x.test/")
POST = Call("submit", "POST", "https://x.test/", idempotent=False)


@pytest.fixture
def breaker(fake_time) -> RateBreaker:
    """Return a breaker on the fake clock."""
    return RateBreaker("stub", "read", reset_s=60, clock=fake_time.clock)


async def good() -> str:
    """End well."""
    return "ok"


async def bad() -> str:
    """Fail as an upstream does."""
    raise errors.ServerFailed("stub", "look", status=500)


async def rejected() -> str:
    """Be refused."""
    raise errors.Rejected("stub", "look", status=400)


async def limited() -> str:
    """Be told to slow down."""
    raise errors.RateLimited("stub", "look", status=429)


async def run(breaker: RateBreaker, *attempts) -> None:
    """Make attempts one after the other; only being turned away comes out."""
    for attempt in attempts:
        try:
            await breaker.guard("look", attempt)
        except errors.BreakerOpen:
            raise
        except errors.AdapterError:
            pass


async def test_half_of_twenty_opens(breaker) -> None:
    """Ten failures of twenty open it, in any order; nine do not."""
    await run(breaker, *[good] * 11, *[bad] * 9)
    assert not breaker.is_open
    await run(breaker, bad)
    assert breaker.is_open


async def test_alternating_failures_open(breaker) -> None:
    """Every second call failing is half (aiobreaker alone would never open)."""
    await run(breaker, *[good, bad] * 10)
    assert breaker.is_open


async def test_nineteen_failures_are_not_enough(breaker) -> None:
    """Before twenty calls there is no rate."""
    await run(breaker, *[bad] * 19)
    assert not breaker.is_open


async def test_open_turns_away_and_says_how_long(breaker, fake_time) -> None:
    """While open no attempt is made; the error is ours, was not sent, and has a time."""
    await run(breaker, *[bad] * 20)
    fake_time.now += 20
    with pytest.raises(errors.BreakerOpen) as caught:
        await breaker.guard("look", good)
    assert caught.value.retry_after == pytest.approx(40)
    assert caught.value.outcome.value == "not_sent"


async def test_the_call_that_trips_it_gets_the_upstreams_error(breaker) -> None:
    """The twentieth failure is reported as what it was."""
    await run(breaker, *[bad] * 19)
    with pytest.raises(errors.ServerFailed):
        await breaker.guard("look", bad)
    assert breaker.is_open


async def test_one_probe_only(breaker, fake_time) -> None:
    """Half open, one call goes through; the others are turned away until it has ended."""
    await run(breaker, *[bad] * 20)
    fake_time.now += 61
    release = asyncio.Event()
    calls = 0

    async def slow() -> str:
        nonlocal calls
        calls += 1
        await release.wait()
        return "ok"

    async def attempt() -> str:
        try:
            return await breaker.guard("look", slow)
        except errors.BreakerOpen:
            return "away"

    tasks = [asyncio.create_task(attempt()) for _ in range(5)]
    await asyncio.sleep(0.01)
    release.set()
    assert sorted(await asyncio.gather(*tasks)) == ["away"] * 4 + ["ok"]
    assert calls == 1
    assert not breaker.is_open


async def test_a_failed_probe_opens_again(breaker, fake_time) -> None:
    """A probe that fails opens it for the whole time again."""
    await run(breaker, *[bad] * 20)
    fake_time.now += 61
    await run(breaker, bad)
    assert breaker.retry_after == pytest.approx(60)


async def test_a_cancelled_probe_lets_the_next_one_through(breaker, fake_time) -> None:
    """A probe whose caller went away does not hold the gate shut."""
    await run(breaker, *[bad] * 20)
    fake_time.now += 61
    task = asyncio.create_task(breaker.guard("look", lambda: asyncio.sleep(99)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await breaker.guard("look", good) == "ok"
    assert not breaker.is_open


async def test_refusals_do_not_count(breaker, fake_time) -> None:
    """4xx neither open it nor water the failures down; as a probe they close it."""
    await run(breaker, *[rejected, limited] * 50)
    assert not breaker.is_open
    await run(breaker, *[bad, rejected] * 19, bad)
    assert breaker.is_open
    fake_time.now += 61
    await run(breaker, limited)
    assert breaker.current_state.name == "HALF_OPEN"
    await run(breaker, rejected)
    assert breaker.current_state.name == "CLOSED"


async def test_reads_and_writes_apart(make_caller) -> None:
    """A provider that cannot take reports can still be asked."""

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500 if request.method == "POST" else 200, json={})

    caller = make_caller(handler)
    for _ in range(20):
        with pytest.raises(errors.ServerFailed):
            await caller.call(POST, lambda answer: answer.json())
    with pytest.raises(errors.BreakerOpen):
        await caller.call(POST, lambda answer: answer.json())
    assert await caller.call(GET, lambda answer: answer.json()) == {}


async def test_an_open_breaker_costs_no_quota(make_caller) -> None:
    """Calls that are turned away are not taken from the day."""
    policy = Policy(quota_daily=100, attempts=1)
    caller = make_caller(lambda request: httpx.Response(500), policy)
    for _ in range(30):
        with pytest.raises(errors.AdapterError):
            await caller.call(GET, lambda answer: answer.json())
    assert await caller.quota.remaining("stub") == 80
