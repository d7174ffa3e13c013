"""When an answer of a person is due: a day after somebody could have read the wish for one."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.storage.cases import Case
from bot.storage.metadata import from_ms, to_ms
from conversations.vocabulary.city import City

ANSWER_WITHIN = timedelta(hours=24)


def due_at(city: City, case: Case) -> int | None:
    """Return when the case's resident is to have an answer, milliseconds; None: nobody waits.

    What comes while the office is closed counts from its next opening.
    """
    if case.waiting_since is None:
        return None
    asked = from_ms(case.waiting_since).astimezone(ZoneInfo(city.timezone))
    begins = asked
    if not city.office.is_open(asked):
        begins = city.office.next_opening(asked) or asked
    return to_ms(begins + ANSWER_WITHIN)
