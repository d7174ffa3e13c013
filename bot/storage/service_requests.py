"""What can be done with service requests: open, change, list, find. Looks at them: `polls.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, union, update

from bot.storage import cases, cells, street_tokens, timeline
from bot.storage.crypto import Vault
from bot.storage.ids import new_id, new_reference
from bot.storage.tables import residents, service_requests
from bot.storage.timeline import Kind
from conversations.vocabulary.requests import RequestStatus

_t = service_requests
_c = service_requests.c
_READ = select(_t).where(_c.id == bindparam("row"))
_HOLDERS = select(residents.c.known_since).where(residents.c.id == _c.resident_id)
KNOWN = _c.created_at >= func.coalesce(_HOLDERS.scalar_subquery(), 0)
"""Clause: made by who holds the handle now. What came before is nobody's to see."""

_LATEST = (
    select(_t)
    .where(
        _c.resident_id.in_(bindparam("residents", expanding=True)),
        KNOWN,
        _c.city == bindparam("in_city"),
        _c.filing != "superseded",
    )
    .order_by(_c.created_at.desc(), _c.id.desc())
    .limit(bindparam("most"))
)
_BY_NUMBER = (
    select(_t)
    .where(
        _c.resident_id.in_(bindparam("residents", expanding=True)),
        KNOWN,
        _c.city == bindparam("in_city"),
        _c.number == bindparam("said"),
    )
    .order_by(_c.created_at.desc(), _c.id.desc())
)
_FLIGHT = (
    select(_t)
    .where(
        _c.flight_hash.in_(bindparam("flights", expanding=True)),
        _c.created_at >= bindparam("since"),
        KNOWN,
        _c.filing.in_(("filing", "filed", "unconfirmed", "tracked")),
    )
    .order_by(_c.created_at.desc())
    .limit(1)
)
_FOLLOW_UP = (
    select(_t)
    .where(
        _c.city == bindparam("in_city"),
        _c.follows == bindparam("said"),
        _c.created_at >= bindparam("since"),
        _c.filing != "refused",
    )
    .order_by(_c.created_at.desc(), _c.id.desc())
    .limit(1)
)
_SET_UPDATES = update(_t).where(_c.id == bindparam("row")).values(updates=bindparam("wanted"))
_CHANGE = (
    update(_t)
    .where(_c.id == bindparam("row"))
    .values(
        number=bindparam("to_number"),
        status=bindparam("to_status"),
        filing=bindparam("to_filing"),
        filed_at=bindparam("to_filed_at"),
        updated_at=bindparam("at"),
        next_poll_at=bindparam("poll_at"),
        resolution_box=bindparam("resolution"),
        verdict=bindparam("word"),
    )
)
_asked, _linked = residents.alias("asked"), residents.alias("linked")
_HAVING_FILED = union(
    select(_c.resident_id).where(_c.resident_id.in_(bindparam("residents", expanding=True)), KNOWN),
    select(_asked.c.id)
    .join(_linked, _linked.c.person_id == _asked.c.person_id)
    .join(_t, _c.resident_id == _linked.c.id)
    .where(_asked.c.id.in_(bindparam("residents", expanding=True)), KNOWN),
)
_STILL_KNOWN = select(_c.id).where(_c.id == bindparam("row"), KNOWN)


@dataclass(frozen=True, slots=True)
class Report:
    """One service request. `report` (place, details, name, photos) and `resolution` are personal.

    Times are milliseconds; `next_poll_at` is None when it is not polled.
    """

    id: str
    reference: str
    city: str
    resident_id: str
    conversation_id: str
    type_key: str
    complaint_type: str
    descriptor: str
    agency: str
    report: Mapping[str, Any]
    number: str | None
    status: str
    resolution: str | None
    filing: str
    updates: bool
    follows: str | None
    created_at: int
    filed_at: int | None
    updated_at: int
    polls: int
    next_poll_at: int | None
    misses: int
    verdict: str | None
    rating: int | None


def open_row(vault: Vault, row: Any) -> Report:
    """Return a row of the table, opened. Raises `SealError`."""
    resolution = None
    if row.resolution_box is not None:
        resolution = vault.open("service_requests.resolution", row.id, row.resolution_box)
    report = vault.open("service_requests.report", row.id, row.report_box)
    fields = {
        name: getattr(row, name) for name in Report.__dataclass_fields__ if hasattr(row, name)
    }
    return Report(**{**fields, "report": report, "resolution": resolution})


def open_report(
    connection: Connection,
    vault: Vault,
    *,
    city: str,
    resident_id: str,
    conversation_id: str,
    report: Mapping[str, Any],
    flight: str,
    now: int,
    filing: str = "filing",
) -> Report:
    """Add a service request and return it. `report` holds what `Do("submit")` carries."""
    row = new_id()
    values = {
        "id": row,
        "reference": new_reference(),
        "city": city,
        "resident_id": resident_id,
        "conversation_id": conversation_id,
        "type_key": str(report.get("type_key") or ""),
        "complaint_type": str(report.get("complaint_type") or ""),
        "descriptor": str(report.get("descriptor") or ""),
        "agency": str(report.get("agency") or ""),
        "report_box": vault.seal("service_requests.report", row, dict(report)),
        "status": RequestStatus.PENDING_EXTERNAL.value,
        "filing": filing,
        "updates": bool(report.get("updates")),
        "follows": report.get("follows"),
        "cell_hash": cells.cell_hash(
            vault, city, str(report.get("type_key") or ""), report.get("place")
        ),
        "flight_hash": vault.index("flight", flight),
        "created_at": now,
        "updated_at": now,
        "polls": 0,
    }
    connection.execute(_t.insert(), values)
    timeline.add(connection, vault, row, Kind.RECEIVED, now)
    cases.open_for_request(
        connection,
        vault,
        request_id=row,
        conversation_id=conversation_id,
        city=city,
        label=street_tokens.label_of(report.get("place")),
        now=now,
    )
    return open_row(vault, connection.execute(_READ, {"row": row}).one())


def find_flight(
    connection: Connection, vault: Vault, flights: Sequence[str], since: int
) -> Report | None:
    """Return the same report if it was begun after `since`.

    `flights` say what makes it the same (resident, type, place), for each handle of a person.
    """
    hashes = [vault.index("flight", flight) for flight in flights]
    parameters = {"flights": hashes, "since": since}
    row = connection.execute(_FLIGHT, parameters).one_or_none()
    return None if row is None else open_row(vault, row)


def read(connection: Connection, vault: Vault, request_id: str) -> Report | None:
    """Return one service request."""
    row = connection.execute(_READ, {"row": request_id}).one_or_none()
    return None if row is None else open_row(vault, row)


def latest(
    connection: Connection, vault: Vault, resident_ids: Collection[str], city: str, most: int
) -> list[Report]:
    """Return the requests made from the handles of one person, newest first."""
    which = {"residents": sorted(resident_ids), "in_city": city, "most": most}
    rows = connection.execute(_LATEST, which)
    return [open_row(vault, row) for row in rows]


def find_own(
    connection: Connection, vault: Vault, resident_ids: Collection[str], city: str, number: str
) -> Report | None:
    """Return the request with this tracking number if it was made from one of these handles."""
    row = connection.execute(
        _BY_NUMBER, {"residents": sorted(resident_ids), "in_city": city, "said": number}
    ).first()
    return None if row is None else open_row(vault, row)


def follow_up_of(connection: Connection, vault: Vault, report: Report) -> Report | None:
    """Return the report that was filed because this one's latest closing did not fix it, or None.

    One that the city refused is none: it may be tried again.
    """
    if not report.number:
        return None
    query = {"in_city": report.city, "said": report.number, "since": report.updated_at}
    row = connection.execute(_FOLLOW_UP, query).one_or_none()
    return None if row is None else open_row(vault, row)


def set_updates(connection: Connection, request_id: str, *, wanted: bool) -> None:
    """Note whether a request's own resident wants news of it."""
    connection.execute(_SET_UPDATES, {"row": request_id, "wanted": wanted})


def change(
    connection: Connection,
    vault: Vault,
    report: Report,
    *,
    now: int,
    filing: str | None = None,
    number: str | None = None,
    status: str | None = None,
    resolution: str | None = None,
    sent_at: int | None = None,
    poll_at: int | None = None,
) -> None:
    """Write what became of a request; what is None stays, except `poll_at` (None: no polling).

    A new status ends what its resident said of the last one.
    """
    kept = resolution if resolution is not None else report.resolution
    box = None if kept is None else vault.seal("service_requests.resolution", report.id, kept)
    connection.execute(
        _CHANGE,
        {
            "row": report.id,
            "to_number": number or report.number,
            "to_status": status or report.status,
            "to_filing": filing or report.filing,
            "to_filed_at": sent_at or report.filed_at,
            "at": now,
            "poll_at": poll_at,
            "resolution": box,
            "word": report.verdict if status in (None, report.status) else None,
        },
    )


def having_filed(connection: Connection, resident_ids: Sequence[str]) -> set[str]:
    """Return which of these residents have a request, at whichever of their handles."""
    if not resident_ids:
        return set()
    return set(connection.execute(_HAVING_FILED, {"residents": list(resident_ids)}).scalars())


def is_known(connection: Connection, request_id: str) -> bool:
    """Return whether a request was made by who holds its handle now, as far as we know."""
    return connection.execute(_STILL_KNOWN, {"row": request_id}).first() is not None
