"""Writing when something was, as people of the city say it: the time, and the day if not today."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, format_time

from conversations.wording.cleaning import clean


@lru_cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def write_moment(
    language: str, when: str, now: datetime, timezone: str, beside: str | None = None
) -> str:
    """Return a moment in the city's own time, `9:02 AM` or `Nov 23 9:02 AM`.

    Args:
        language: ISO 639-1 code.
        when: ISO time with zone.
        now: the present, with zone.
        timezone: the city's, IANA name.
        beside: a moment that stands before this one; its day is not said twice.

    Raises:
        ValueError: `when` is no ISO time.
    """
    zone, locale = _zone(timezone), Locale.parse(language)
    local = datetime.fromisoformat(when).astimezone(zone)
    time = str(format_time(local, format="short", locale=locale))
    said = now if beside is None else datetime.fromisoformat(beside)
    if local.date() == said.astimezone(zone).date():
        return clean(time)
    return clean(f"{format_skeleton('MMMd', local, locale=locale)} {time}")
