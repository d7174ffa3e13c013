"""Snooze: the case is off the lists until a time."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.storage.cases import State

LONGEST_MS = 30 * 24 * 3_600_000


def act(press: Press) -> Done | Refused:
    """Put a case off until `until`, milliseconds since 1970, at most thirty days ahead."""
    until = press.given.get("until")
    if not isinstance(until, int) or not press.now < until <= press.now + LONGEST_MS:
        return Refused("bad_time")
    return Done(press.change(state=State.SNOOZED, snoozed_until=until))
