"""What the tests of the adapter layer share: a clock that does not wait, a caller over a stub."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from integrations.kit.caller import Caller, Policy
from integrations.kit.quota import MemoryQuota
from integrations.kit.transport import open_http


class FakeTime:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def fake_time() -> FakeTime:
    """Return a clock that does not wait."""
    return FakeTime()


Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
async def make_caller(fake_time: FakeTime) -> AsyncIterator[Callable[..., Caller]]:
    """Return a maker of callers over a function that answers requests."""
    opened: list[httpx.AsyncClient] = []

    def make(handler: Handler, policy: Policy | None = None, name: str = "stub") -> Caller:
        policy = policy or Policy()
        http = open_http(transport=httpx.MockTransport(handler))
        opened.append(http)
        return Caller(
            name,
            policy,
            http=http,
            quota=MemoryQuota({name: policy}),
            sleep=fake_time.sleep,
            clock=fake_time.clock,
        )

    yield make
    for http in opened:
        await http.aclose()
