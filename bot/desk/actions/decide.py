"""Decide: what became of a filing that nobody knows to have arrived.

A person found it at the city ("it was filed, under this number"), or is sure that it is not there
("send it again"). Nothing else ever sends an unknown filing twice.
"""

from __future__ import annotations

import re

from bot.deeds.asked import Turn
from bot.deeds.filing import file_again
from bot.deeds.telling import filed, tell
from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.storage import cases, outbox, service_requests, timeline
from bot.storage.service_requests import Report
from bot.storage.timeline import Kind
from conversations.vocabulary.requests import RequestStatus

FILED, AGAIN = "filed", "again"


def act(press: Press) -> Done | Refused:
    """Settle a doubt: `choice` is `filed` (with the city's `number`) or `again`."""
    report = press.report()
    outcome = _settle(press, report)
    if isinstance(outcome, Done):
        press.close_hand_overs()
    return outcome


def _settle(press: Press, report: Report) -> Done | Refused:
    if report.filing != "unconfirmed":
        return Refused("not_in_doubt")
    if press.given.get("choice") == FILED:
        number = str(press.given.get("number") or "").strip().upper()
        patterns = press.city.tracking_patterns
        if not number or (patterns and not any(re.fullmatch(p, number) for p in patterns)):
            return Refused("bad_number")
        return _note_filed(press, report, number)
    if press.given.get("choice") == AGAIN:
        return _send_again(press, report)
    return Refused("bad_choice")


def _note_filed(press: Press, report: Report, number: str) -> Done:
    """Follow the number from now on, and tell the resident."""
    connection, vault = press.connection, press.parts.vault
    service_requests.change(
        connection,
        vault,
        report,
        now=press.now,
        filing="filed",
        number=number,
        status=RequestStatus.OPEN.value,
        poll_at=press.now,
    )
    timeline.add(connection, vault, report.id, Kind.CONFIRMED, press.now, {"number": number})
    version = press.take(waiting_since=None)
    data = {**filed(report), "number": number}
    press.woken.append(tell(connection, vault, report, "filed", data, press.now, report.id))
    return Done(version)


def _send_again(press: Press, report: Report) -> Done:
    """File the report anew; the new one takes its place, and its case the place of this one."""
    case = press.case
    turn = Turn(
        vault=press.parts.vault,
        city=case.city,
        channel="",
        conversation_id=report.conversation_id,
        resident_id=report.resident_id,
        key=f"case:{case.id}:{case.version}:again",
        trace_id=report.id,
        provider_311=press.parts.providers_311[case.city],
        now=press.now,
    )
    jobs = file_again(
        press.connection, turn, {"request_id": report.id, "why": "unconfirmed", "language": None}
    )
    press.ready += outbox.add(press.connection, turn.vault, jobs, press.now)
    cases.touch(press.connection, case.id, press.now, changed_by=press.actor.id)
    return Done(case.version + 1)
