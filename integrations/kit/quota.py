"""Daily quotas: who may still call today.

A provider's day has so many calls. Residents' submissions may use the last one; live
look-ups must leave a floor to them, the poller a higher one, so that it can never use up
what residents need (RELIABILITY 5.2, rule 13). The truth in production is a SQL row
(`bot/storage`); `MemoryQuota` serves tests, the terminal and single-process use.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from integrations.kit.calls import Policy

WARN_SHARE = 0.1
"""Warn when this share of the day's calls is left (the guide: 10 %)."""


class Quota(Protocol):
    """Counts calls. All methods must be safe when many call at once."""

    async def take(self, provider: str, purpose: str) -> bool:
        """Take one call of today for `purpose`; False when its floor is reached."""
        ...

    async def remaining(self, provider: str) -> int | None:
        """Return how many calls of today are left, or None when there is no limit."""
        ...

    def now(self) -> datetime:
        """Return the time that decides which day it is, with zone."""
        ...


def day_of(moment: datetime) -> str:
    """Return the day a call is counted on, ISO. A day ends at midnight UTC."""
    return moment.astimezone(UTC).date().isoformat()


def seconds_left(moment: datetime) -> float:
    """Return the seconds until the next day begins."""
    here = moment.astimezone(UTC)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), UTC)
    return (midnight - here).total_seconds()


def floor_of(policy: Policy, purpose: str) -> int:
    """Return how many calls must be left after a call of `purpose` took its own.

    An unknown purpose is treated as the least important one.
    """
    if policy.quota_daily is None:
        return 0
    worst = max(policy.quota_floor.values(), default=0.0)
    return math.ceil(policy.quota_daily * policy.quota_floor.get(purpose, worst))


class MemoryQuota:
    """Quotas in this process only. A day ends at midnight UTC."""

    def __init__(
        self,
        policies: Mapping[str, Policy] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`policies`: provider to policy; a provider that is not in it has no limit."""
        self._policies = dict(policies or {})
        self._now = now
        self._day = day_of(now())
        self._used: dict[str, int] = {}

    async def take(self, provider: str, purpose: str) -> bool:
        """Take one call of today; see `Quota.take`."""
        policy = self._policies.get(provider)
        if policy is None or policy.quota_daily is None:
            return True
        self._turn_day()
        used = self._used.get(provider, 0)
        if policy.quota_daily - used - 1 < floor_of(policy, purpose):
            return False
        self._used[provider] = used + 1
        return True

    async def remaining(self, provider: str) -> int | None:
        """Return how many calls of today are left; see `Quota.remaining`."""
        policy = self._policies.get(provider)
        if policy is None or policy.quota_daily is None:
            return None
        self._turn_day()
        return policy.quota_daily - self._used.get(provider, 0)

    def now(self) -> datetime:
        """Return the time; see `Quota.now`."""
        return self._now()

    def _turn_day(self) -> None:
        if (today := day_of(self._now())) != self._day:
            self._day = today
            self._used.clear()
