"""Deeds inside that open or change a report: submit, file again, follow a number.

A `submit` opens the service request here (it is "Pending external" from that moment) and leaves
the call to the city to the outbox. The same resident, type and place within 15 minutes is one
flight, at whichever of a person's handles: the second confirmation files nothing and is answered
with how the first one stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.deeds.asked import Turn, file_later
from bot.deeds.telling import standing, tell
from bot.storage import persons, polls, service_requests
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob
from bot.storage.service_requests import Report

FLIGHT_S = 15 * 60
"""Seconds within which the same report is the same report (RELIABILITY 5.1)."""


def submit(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Open a report and leave its filing to the outbox, unless it is in flight already."""
    if not args.get("follows"):
        since = turn.now - FLIGHT_S * 1000
        ids = sorted(persons.handles_of(connection, turn.resident_id))
        flights = [flight_of(row, args) for row in ids]
        same = service_requests.find_flight(connection, turn.vault, flights, since)
        if same is not None:
            return _tell_standing(connection, turn, same)
    report = _open(connection, turn, args)
    return [file_later(turn, report.id)]


def file_again(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """File a report anew, with everything the first one held, linked to it.

    `args`: `request_id` of the first, `language`, and `why`: `not_fixed` (the city closed it; one
    closing is filed anew once, however often it is answered), or `unconfirmed` (nobody knows
    whether it arrived; the new one takes its place).
    """
    first = service_requests.read(connection, turn.vault, str(args["request_id"]))
    ids = persons.handles_of(connection, turn.resident_id)
    if first is None or first.resident_id not in ids:  # what it holds is its own resident's
        return []
    replaces = args.get("why") == "unconfirmed"
    if replaces and first.filing != "unconfirmed":  # it was settled before the answer came
        return _tell_standing(connection, turn, first)
    if not replaces:  # the same closing answered in the chat, on the page, in a digest: file once
        known_again = service_requests.follow_up_of(connection, turn.vault, first)
        if known_again is not None:
            return _tell_standing(connection, turn, known_again)
    link = (
        {"may_repeat": f"Ref {first.reference}"}
        if replaces
        else {"not_fixed": f"see {first.number}"}
    )
    known = first.report
    second = _open(
        connection,
        turn,
        {
            **known,
            "details": {**(known.get("details") or {}), **link},
            "updates": first.updates or not replaces,
            "language": args.get("language") or known.get("language"),
            "follows": first.number,
        },
    )
    if replaces:
        polls.supersede(connection, turn.vault, first, second.id, turn.now)
    return [file_later(turn, second.id)]


def track(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Follow a number the resident got by filing, as the number of the report it was filed from.

    `args`: `number`, and `request_id` of the report where the conversation knows it; without it
    the newest report of this person that waits for a number is meant.
    """
    number = str(args["number"]).strip().upper()
    ids = persons.handles_of(connection, turn.resident_id)
    own = service_requests.find_own(connection, turn.vault, ids, turn.city, number)
    if own is not None and own.filing != "not_found":
        return []
    request_id = str(args.get("request_id") or "")
    report = own or polls.find_waiting(connection, turn.vault, turn.city, ids, request_id)
    if report is None:
        report = _open(connection, turn, {"updates": True}, filing="handed_off")
    polls.follow(connection, turn.vault, report, number, turn.now)
    return []


def flight_of(resident_id: str, args: Mapping[str, Any]) -> str:
    """Return what makes two reports the same: resident, request type, place."""
    place = args.get("place") or {}
    where = (place.get("label") or "").casefold().split()
    return f"{resident_id}|{args.get('type_key')}|{' '.join(where)}"


def _open(
    connection: Connection, turn: Turn, args: Mapping[str, Any], filing: str = "filing"
) -> Report:
    return service_requests.open_report(
        connection,
        turn.vault,
        city=turn.city,
        resident_id=turn.resident_id,
        conversation_id=turn.conversation_id,
        report=args,
        flight=flight_of(turn.resident_id, args),
        now=turn.now,
        filing=filing,
    )


def _tell_standing(connection: Connection, turn: Turn, report: Report) -> list[NewJob]:
    """Answer with how a report stands instead of sending one, where it was asked for."""
    asked_in = replace(report, conversation_id=turn.conversation_id)
    tell(connection, turn.vault, asked_in, "already_filed", standing(report), turn.now, turn.key)
    return []
