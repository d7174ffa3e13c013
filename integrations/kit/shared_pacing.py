"""A pace that several processes keep together, by slots handed out in Redis.

The guide's limits (10 calls a second at NYC 311) hold for the city, not for one process:
web, worker and chores call alongside. The clock is Redis's own. While Redis is away every
process keeps the pace for itself: faster than agreed at worst by the number of processes,
and a 429 tells.

A `Retry-After` that one process hears holds all of them: it moves the next free slot on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from integrations.kit.errors import Congested
from integrations.kit.pacing import POLLER, Pacer

TIMEOUT_S = 0.25
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local slot = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
local polls = ARGV[4] == '1'
if polls then slot = math.max(slot, tonumber(redis.call('GET', KEYS[2]) or '0')) end
if slot - now > tonumber(ARGV[3]) then return now - slot end
local function keep(key, till)
  redis.call('SET', key, string.format('%.0f', till), 'PX', math.max(1, till - now) + 1000)
end
keep(KEYS[1], slot + ARGV[1])
if polls then keep(KEYS[2], slot + ARGV[2]) end
return slot - now
"""

_HOLD = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local till = math.max(now + tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.0f', till), 'PX', math.max(1, till - now) + 1000)
return till - now
"""


class ScriptRunner(Protocol):
    """The one command of a Redis client that is used here."""

    def eval(self, script: str, numkeys: int, *keys_and_args: Any) -> Any:
        """Run a script; returns an awaitable of its answer."""
        ...


class SharedPacer(Pacer):
    """Hands out slots at an even pace, over all processes that use the same Redis."""

    def __init__(
        self,
        provider: str,
        per_second: float | None,
        redis: ScriptRunner,
        *,
        poll_gap_s: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Arguments as for `Pacer`; `redis`: an asyncio client."""
        super().__init__(provider, per_second, poll_gap_s=poll_gap_s, sleep=sleep, clock=clock)
        self._redis = redis
        self._name = f"pace:{provider}"
        self._held_until = 0.0

    async def hold(self, seconds: float) -> None:
        """Give out no slot in any process for `seconds`; in this one also while Redis is away."""
        await super().hold(seconds)
        self._held_until = max(self._held_until, self._clock() + seconds)
        await self._run(_HOLD, 1, self._name, round(seconds * 1000))

    async def wait(self, operation: str, purpose: str, limit_s: float) -> None:
        """Sleep until the next free slot of all processes; see `Pacer.wait`."""
        held = self._held_until - self._clock()
        if held > limit_s:
            raise Congested(self._provider, operation, retry_after=held)
        answer = await self._reserve(purpose, limit_s)
        if answer is None:
            await super().wait(operation, purpose, limit_s)
            return
        if answer < 0:
            raise Congested(self._provider, operation, retry_after=-answer)
        if (pause := max(answer, held)) > 0:
            await self._sleep(pause)

    async def _reserve(self, purpose: str, limit_s: float) -> float | None:
        """Return the seconds until our slot, negative when it is too late, None without Redis."""
        arguments = (
            round(self._interval * 1000),
            round(self._poll_gap * 1000),
            round(limit_s * 1000),
            int(purpose == POLLER),
        )
        return await self._run(_RESERVE, 2, self._name, f"{self._name}:poll", *arguments)

    async def _run(self, script: str, numkeys: int, *keys_and_args: Any) -> float | None:
        """Run a script; return the seconds it answers, or None without Redis."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return int(await self._redis.eval(script, numkeys, *keys_and_args)) / 1000
        except Exception:  # whatever the client raises, Redis is only away
            return None
