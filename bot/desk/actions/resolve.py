"""Resolve: the actor says how it ended; the resident is told, and asked whether it is fixed.

"No" opens the case again (`bot/deeds/cases.py`).
"""

from __future__ import annotations

from bot.deeds.telling import filed
from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.desk.writing import when_to_tell
from bot.notices import News, notify
from bot.storage import case_messages, timeline
from bot.storage.cases import State
from bot.storage.timeline import Kind
from conversations.wording.catalogue import LIMITS

LONGEST = LIMITS["reason"]


def act(press: Press) -> Done | Refused:
    """Resolve a case with a `reason`, which the resident reads word by word."""
    if len(press.reason) > LONGEST:
        return Refused("too_long", {"limit": LONGEST})
    version = press.change(
        state=State.RESOLVED,
        claimed_by=press.case.claimed_by or press.actor.id,
        snoozed_until=None,
        waiting_since=None,
    )
    press.write_down(case_messages.OUT, press.reason)
    press.close_hand_overs()
    press.tell("person_left", {"silent": True})
    if press.case.request_id is None:
        return Done(version, _tell_of_question(press))
    return Done(version, _tell_of_report(press))


def _tell_of_question(press: Press) -> tuple[str, ...]:
    """Tell how a handed-over conversation ended; return what staff should know."""
    to = press.addressee()
    if to.silent is not None:
        return ("resident_not_told",)
    due_at = when_to_tell(press, to)
    press.tell("question_resolved", {"reason": press.reason}, due_at=due_at)
    return ("told_later",) if due_at > press.now else ()


def _tell_of_report(press: Press) -> tuple[str, ...]:
    """Tell everybody who wants news of the report; return what staff should know."""
    vault, report = press.parts.vault, press.report()
    resolved = {"reason": press.reason}
    timeline.add(press.connection, vault, report.id, Kind.RESOLVED, press.now, resolved)
    data = {**filed(report), "case_id": press.case.id, "reason": press.reason}
    news = News("case_resolved", data, f"{press.case.id}:{press.case.version}")
    press.woken += notify(press.connection, vault, press.city, report, news, press.now)
    if not report.updates or press.addressee().silent is not None:
        return ("resident_not_told",)
    return ()
