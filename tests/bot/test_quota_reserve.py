"""RELIABILITY R17: 50,000 open requests, three days, with a clock of its own and no database.

The poller's own intervals, batches and quota, minute by minute; residents' reports and look-ups
beside it take all they can get.
"""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from types import SimpleNamespace
from typing import Any

import pytest

from bot.chores.poll_status import BATCH, DAY_MS, EVERY_S, next_poll_at
from bot.storage.metadata import to_ms
from integrations.kit.calls import Policy
from integrations.kit.quota import MemoryQuota

OPEN, DAILY, DAYS = 50_000, 100_000, 3
START = datetime(2026, 11, 23, tzinfo=UTC)


class Year:
    """Open requests of every age up to 80 days, and who calls about them."""

    def __init__(self, together: int) -> None:
        self.moment = START
        self.quota = MemoryQuota({"city": Policy(quota_daily=DAILY)}, now=lambda: self.moment)
        self.together = together
        self.made: Counter[tuple[str, str]] = Counter()
        begin = to_ms(START)
        ages = [row * 80 * DAY_MS // OPEN for row in range(OPEN)]
        self.filed = [begin - age for age in ages]
        self.seen = [begin] * OPEN
        self.due = [(self._next(row, begin) or begin, row) for row in range(OPEN)]
        heapq.heapify(self.due)

    def _next(self, row: int, now: int) -> int | None:
        report: Any = SimpleNamespace(filed_at=self.filed[row], created_at=0, status="open")
        return next_poll_at(report, now)

    async def take(self, purpose: str) -> bool:
        """Make one call, if it may be made; count it."""
        taken = await self.quota.take("city", purpose)
        self.made[self.moment.date().isoformat(), purpose] += taken
        return taken

    async def poll(self) -> None:
        """Do what the chore does in one run."""
        now = to_ms(self.moment)
        rows = []
        while self.due and self.due[0][0] <= now and len(rows) < BATCH:
            rows.append(heapq.heappop(self.due)[1])
        spent = False
        for at in range(0, len(rows), self.together):
            part = rows[at : at + self.together]
            spent = spent or not await self.take("poller")
            for row in part:
                if not spent:
                    self.seen[row] = now
                next_at = now if spent else self._next(row, now)
                if next_at is not None:
                    heapq.heappush(self.due, (next_at, row))


@pytest.mark.parametrize("together", [1, 10])
async def test_the_poller_leaves_the_day_to_residents(together: int) -> None:
    """However many look-ups there are: 40 % at most for the poller, 30 % at least for reports."""
    year = Year(together)
    for minute in range(DAYS * 24 * 60):
        year.moment = START + timedelta(seconds=minute * EVERY_S)
        await year.poll()
        for _ in range(60):
            await year.take("lookup")
        if year.moment.hour == 23 and year.moment.minute == 59:
            left = await year.quota.remaining("city")
            assert left is not None
            assert left >= 0.3 * DAILY
            day = year.moment.date().isoformat()
            assert 0 < year.made[day, "poller"] <= 0.4 * DAILY
            for _ in range(left):
                assert await year.take("resident")
            assert not await year.take("resident")


async def test_statuses_are_fresh_where_ten_are_asked_about_at_once() -> None:
    """With 3,000 reports and 7,000 look-ups a day: half of the statuses are younger than 6 hours.

    A city that answers about one at a time allows fewer looks than that.
    """
    year, ages = Year(together=10), []
    for minute in range(DAYS * 24 * 60):
        year.moment = START + timedelta(seconds=minute * EVERY_S)
        await year.poll()
        for purpose in ("resident",) * 2 + ("lookup",) * 5:
            assert await year.take(purpose)
        if minute % (6 * 60) == 0 and minute >= 24 * 60:
            now = to_ms(year.moment)
            ages.append(median(now - seen for seen in year.seen) / 3_600_000)
    assert max(ages) < 6
