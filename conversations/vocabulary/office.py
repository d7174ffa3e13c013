"""When people of the city answer: hours per weekday, and the days on which nobody does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

_LOOK_AHEAD = 14
"""Days; longer than any row of holidays."""


@dataclass(frozen=True, slots=True)
class Office:
    """Office hours. All times are the city's own: give moments in its time zone.

    Attributes:
        hours: weekday (Monday is 0) to when it opens and closes; no entry, nobody there.
        holidays: day to its name; nobody is there.
    """

    hours: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    holidays: Mapping[date, str] = field(default_factory=dict)

    def is_open(self, local: datetime) -> bool:
        """Return whether people answer at this moment."""
        span = self._span(local.date())
        return span is not None and span[0] <= local.time() < span[1]

    def next_opening(self, local: datetime) -> datetime | None:
        """Return when people begin to answer next after this moment; None when that is unknown."""
        for ahead in range(_LOOK_AHEAD + 1):
            day = local.date() + timedelta(days=ahead)
            span = self._span(day)
            if span is None:
                continue
            opens = datetime.combine(day, span[0], local.tzinfo)
            if opens > local:
                return opens
        return None

    def _span(self, day: date) -> tuple[time, time] | None:
        """Return when the office opens and closes on a day, or None."""
        return None if day in self.holidays else self.hours.get(day.weekday())
