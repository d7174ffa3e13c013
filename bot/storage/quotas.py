"""Daily quotas in SQL: the truth when many processes call (the kit's `Quota` protocol)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.engine import Storage
from bot.storage.tables import quotas
from integrations.kit.calls import Policy
from integrations.kit.quota import day_of, floor_of

_c = quotas.c
_OPEN = insert(quotas).on_conflict_do_nothing()
_TAKE = (
    update(quotas)
    .where(
        _c.provider == bindparam("of_provider"),
        _c.day == bindparam("on_day"),
        _c.quota_used + bindparam("floor") < _c.quota_daily,
    )
    .values(quota_used=_c.quota_used + 1)
    .returning(_c.quota_used)
)
_LEFT = select(_c.quota_daily - _c.quota_used).where(
    _c.provider == bindparam("of_provider"), _c.day == bindparam("on_day")
)


class SqlQuota:
    """Quotas shared by all processes. A day ends at midnight UTC.

    Args:
        storage: the database.
        policies: provider to policy; a provider not in it has no limit and costs no statement.
        now: the time.
    """

    def __init__(
        self,
        storage: Storage,
        policies: Mapping[str, Policy],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._storage = storage
        self._policies = policies
        self._now = now

    def now(self) -> datetime:
        """Return the time that decides which day it is."""
        return self._now()

    async def take(self, provider: str, purpose: str) -> bool:
        """Take one call of today for `purpose`; False when its floor is reached."""
        policy = self._policies.get(provider)
        if policy is None or policy.quota_daily is None:
            return True
        daily, floor, day = policy.quota_daily, floor_of(policy, purpose), self._today()

        def take(connection: Connection) -> bool:
            which = {"of_provider": provider, "on_day": day, "floor": floor}
            if connection.execute(_TAKE, which).first() is not None:
                return True
            new = {"provider": provider, "day": day, "quota_daily": daily, "quota_used": 0}
            if connection.execute(_OPEN.returning(_c.day), new).first() is None:
                return False  # the day was open already: its floor is reached
            return connection.execute(_TAKE, which).first() is not None

        return await self._storage.write(take)

    async def remaining(self, provider: str) -> int | None:
        """Return how many calls of today are left, or None when there is no limit."""
        policy = self._policies.get(provider)
        if policy is None or policy.quota_daily is None:
            return None
        which = {"of_provider": provider, "on_day": self._today()}
        left = await self._storage.read(
            lambda connection: connection.execute(_LEFT, which).scalar_one_or_none()
        )
        return policy.quota_daily if left is None else int(left)

    def _today(self) -> str:
        return day_of(self._now())
