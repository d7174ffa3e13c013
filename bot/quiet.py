"""Quiet hours: from nine in the evening to eight in the morning nobody is written to unasked.

They bind notices only (what changed, a reminder), in the city's own time; a direct answer and what
follows from it at once may come at any hour (contracts: messaging, section 2).
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from conversations.vocabulary.city import City

BEGIN, END = time(21), time(8)


def loud_from(city: City, moment: datetime) -> datetime:
    """Return the moment itself, or when the quiet hours it falls into are over."""
    local = moment.astimezone(ZoneInfo(city.timezone))
    if END <= local.time() < BEGIN:
        return moment
    morning = local.replace(hour=END.hour, minute=0, second=0, microsecond=0)
    if local.time() >= BEGIN:
        morning += timedelta(days=1)
    return morning.astimezone(moment.tzinfo)
