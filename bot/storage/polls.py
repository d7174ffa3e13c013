"""Which requests are to be looked at, and what a look changes: followed numbers, unknown ones.

`next_poll_at` says when a request is next seen to: with a number by asking the city, while its
filing is unconfirmed by telling its resident. `polls` counts how often that was done.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select, update

from bot.storage import cases, timeline
from bot.storage import service_requests as requests
from bot.storage.crypto import SealError, Vault
from bot.storage.service_requests import Report
from bot.storage.tables import service_requests
from bot.storage.timeline import Kind
from conversations.vocabulary.requests import RequestStatus

UNCONFIRMED = "unconfirmed"
WAIT_FOR_NUMBER = ("handed_off", "not_found")

_t = service_requests
_c = service_requests.c
_DUE = (
    select(_t)
    .where(_c.next_poll_at <= bindparam("now"))
    .order_by(_c.next_poll_at)
    .limit(bindparam("most"))
)
_TO_POLL = _DUE.where(_c.number.is_not(None))
_TO_CHASE = _DUE.where(_c.number.is_(None), _c.filing == UNCONFIRMED)
_SEEN = (
    update(_t)
    .where(_c.id == bindparam("row"))
    .values(polls=_c.polls + 1, misses=bindparam("in_a_row"), next_poll_at=bindparam("poll_at"))
)
_WAITING = (
    select(_t)
    .where(
        _c.resident_id.in_(bindparam("residents", expanding=True)),
        _c.city == bindparam("in_city"),
        requests.KNOWN,
        _c.filing.in_(WAIT_FOR_NUMBER),
        or_(bindparam("wanted") == "", _c.id == bindparam("wanted")),
    )
    .order_by(_c.created_at.desc(), _c.id.desc())
    .limit(1)
)
_FOLLOW = (
    update(_t)
    .where(_c.id == bindparam("row"))
    .values(
        number=bindparam("to_number"),
        filing="tracked",
        status=RequestStatus.PENDING_EXTERNAL.value,
        updates=True,
        filed_at=bindparam("at"),
        updated_at=bindparam("at"),
        next_poll_at=bindparam("at"),
        polls=0,
        misses=0,
    )
)


def to_poll(connection: Connection, vault: Vault, now: int, most: int) -> list[Report]:
    """Return the requests about which the city is to be asked, longest waiting first."""
    return _read(connection, vault, _TO_POLL, now, most)


def to_chase(connection: Connection, vault: Vault, now: int, most: int) -> list[Report]:
    """Return the unconfirmed filings whose residents are to be told again."""
    return _read(connection, vault, _TO_CHASE, now, most)


def _read(
    connection: Connection, vault: Vault, query: Select[Any], now: int, most: int
) -> list[Report]:
    """Return what opens; a row that does not must not keep the others from being looked at."""
    found = []
    for row in connection.execute(query, {"now": now, "most": most}):
        with contextlib.suppress(SealError):
            found.append(requests.open_row(vault, row))
    return found


def seen(connection: Connection, request_id: str, poll_at: int | None, misses: int = 0) -> None:
    """Note that a request was seen to and when it is next.

    Args:
        connection: of the transaction.
        request_id: which.
        poll_at: when next, milliseconds, or None for never.
        misses: how often in a row the city has not known its number, this time included.
    """
    connection.execute(_SEEN, {"row": request_id, "poll_at": poll_at, "in_a_row": misses})


def find_waiting(
    connection: Connection,
    vault: Vault,
    city: str,
    resident_ids: Collection[str],
    request_id: str = "",
) -> Report | None:
    """Return the report of a person (all their handles) that waits for the city's number.

    `request_id` names one; without it, or when that one does not wait, it is the newest.
    """
    for wanted in dict.fromkeys((request_id, "")):
        which = {"residents": sorted(resident_ids), "in_city": city, "wanted": wanted}
        row = connection.execute(_WAITING, which).one_or_none()
        if row is not None:
            return requests.open_row(vault, row)
    return None


def follow(connection: Connection, vault: Vault, report: Report, number: str, now: int) -> None:
    """Follow a number as that of a report: asked about at once, and its resident is told."""
    connection.execute(_FOLLOW, {"row": report.id, "to_number": number, "at": now})
    timeline.add(connection, vault, report.id, Kind.TRACKED, now, {"number": number})


def lose(connection: Connection, vault: Vault, report: Report, now: int) -> None:
    """Stop following a number that the city does not know; a right one may still come."""
    requests.change(connection, vault, report, now=now, filing="not_found", poll_at=None)
    timeline.add(connection, vault, report.id, Kind.NOT_FOUND, now, {"number": report.number})


def supersede(connection: Connection, vault: Vault, first: Report, second: str, now: int) -> None:
    """Close a filing that was never confirmed: `second`, another request's id, takes its place."""
    requests.change(connection, vault, first, now=now, filing="superseded", poll_at=None)
    timeline.add(connection, vault, first.id, Kind.SUPERSEDED, now, {"by": second})
    cases.supersede(connection, first.id, second, now)
