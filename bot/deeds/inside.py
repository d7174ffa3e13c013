"""Deeds that change our own tables: part of the turn's transaction, so they happen exactly once.

A `submit` opens the service request here (it is "Pending external" from that moment) and leaves
the call to the city to the outbox. The same resident, type and place within 15 minutes is one
flight: the second confirmation files nothing and is answered with the first one's number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import lanes
from bot.storage import hand_overs, inbox, outbox, residents, service_requests
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob
from bot.storage.service_requests import Report
from conversations.vocabulary.effects import Do

FLIGHT_S = 15 * 60
"""Seconds within which the same report is the same report (RELIABILITY 5.1)."""

Inside = Callable[[Connection], list[NewJob]]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a deed needs to know of the turn that asked for it. `key` is unique per deed."""

    vault: Vault
    city: str
    channel: str
    conversation_id: str
    resident_id: str
    key: str
    trace_id: str
    provider_311: str
    now: int


def inside(do: Do, turn: Turn) -> Inside:
    """Return the change of our tables that `do` asks for; an unknown deed is a defect.

    Raises:
        KeyError: the shell knows no such deed.
    """
    work = _DEEDS[do.name]
    return lambda connection: work(connection, turn, do.args)


def _submit(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    flight = flight_of(turn.resident_id, args)
    if not args.get("follows"):
        since = turn.now - FLIGHT_S * 1000
        same = service_requests.find_flight(connection, turn.vault, flight, since)
        if same is not None:
            if same.number:
                tell(connection, turn.vault, same, "filed", filed(same), turn.now, turn.key)
            return []
    report = service_requests.open_report(
        connection,
        turn.vault,
        city=turn.city,
        resident_id=turn.resident_id,
        conversation_id=turn.conversation_id,
        report=args,
        flight=flight,
        now=turn.now,
    )
    return [
        NewJob(
            conversation_id=turn.conversation_id,
            resident_id=turn.resident_id,
            kind="do",
            name="submit",
            provider=turn.provider_311,
            lane=lanes.LIVE_REPLIES,
            dedupe=turn.key,
            job={"request_id": report.id},
            next_attempt_at=turn.now,
            expires_at=turn.now + lanes.DEED_KEEP_S * 1000,
            trace_id=turn.trace_id,
        )
    ]


def _track(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    number = str(args["number"])
    known = service_requests.find_own(connection, turn.vault, turn.resident_id, turn.city, number)
    if known is None:
        service_requests.open_report(
            connection,
            turn.vault,
            city=turn.city,
            resident_id=turn.resident_id,
            conversation_id=turn.conversation_id,
            report={"updates": True, **args},
            flight=f"{turn.resident_id}|track|{number}",
            now=turn.now,
            filing="tracked",
            number=number,
            poll_at=turn.now,
        )
    return []


def _hand_over(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    hand_overs.add(
        connection,
        turn.vault,
        conversation_id=turn.conversation_id,
        city=turn.city,
        reason=str(args.get("reason") or "asked"),
        summary=str(args.get("summary") or ""),
        now=turn.now,
    )
    return []


def _record_consent(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    wanted = bool(args.get("updates"))
    _consent(connection, turn, "updates", "in" if wanted else "out", {"method": "read_back"})
    return []


def _opt_out(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    _consent(connection, turn, "all", "out", args)
    outbox.suppress(connection, turn.resident_id, turn.now)
    return []


def _opt_in(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    _consent(connection, turn, "all", "in", args)
    return []


def _consent(
    connection: Connection, turn: Turn, topic: str, state: str, args: Mapping[str, Any]
) -> None:
    residents.record_consent(
        connection,
        turn.vault,
        resident_id=turn.resident_id,
        channel=turn.channel,
        topic=topic,
        state=state,
        method=str(args.get("method") or "asked")[:30],
        evidence={**args, "turn": turn.key},
        actor="resident",
        now=turn.now,
    )


_DEEDS: Mapping[str, Callable[[Connection, Turn, Mapping[str, Any]], list[NewJob]]] = {
    "submit": _submit,
    "track": _track,
    "hand_over": _hand_over,
    "record_consent": _record_consent,
    "opt_out": _opt_out,
    "opt_in": _opt_in,
}


def flight_of(resident_id: str, args: Mapping[str, Any]) -> str:
    """Return what makes two reports the same: resident, request type, place."""
    place = args.get("place") or {}
    where = (place.get("label") or "").casefold().split()
    return f"{resident_id}|{args.get('type_key')}|{' '.join(where)}"


def place_label(report: Report) -> str:
    """Return the place of a request as people read it."""
    return str((report.report.get("place") or {}).get("label") or "")


def filed(report: Report) -> dict[str, Any]:
    """Return the data of `Happened("filed")`."""
    return {
        "number": report.number,
        "title_key": report.type_key,
        "place_label": place_label(report),
        "request_id": report.id,
    }


def tell(
    connection: Connection,
    vault: Vault,
    report: Report,
    kind: str,
    data: Mapping[str, Any],
    now: int,
    key: str,
) -> str:
    """Queue `Happened(kind, data)` in the request's conversation, once per `key`; return its id."""
    event = inbox.NewEvent(
        conversation_id=report.conversation_id,
        kind="happened",
        dedupe=f"happened:{kind}:{key}",
        event={"kind": kind, "data": dict(data)},
        trace_id=report.id,
    )
    inbox.add(connection, vault, [event], now)
    return report.conversation_id
