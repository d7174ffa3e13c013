"""Lists of cases for staff: mine, waiting, in doubt, found by number or type or day, changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from bot.storage.cases import Case, State, open_row
from bot.storage.tables import cases, conversations, dead_letters, outbox, service_requests

MOST = 200

_c = cases.c
_r = service_requests.c


def _run(connection: Connection, query: Select[Any]) -> list[Case]:
    return [open_row(row) for row in connection.execute(query)]


def _in(cities: Sequence[str]) -> ColumnElement[bool]:
    return _c.city.in_(list(cities))


def _awake(now: int) -> ColumnElement[bool]:
    """Cases that are not asleep and not resolved."""
    asleep = and_(_c.state == State.SNOOZED.value, _c.snoozed_until > now)
    return and_(_c.state != State.RESOLVED.value, ~asleep)


def held_by(connection: Connection, staff_id: str, cities: Sequence[str]) -> list[Case]:
    """Return what a member of staff has in hand, the longest untouched first."""
    query = (
        select(cases)
        .where(_in(cities), _c.claimed_by == staff_id, _c.state != State.RESOLVED.value)
        .order_by(_c.updated_at)
        .limit(MOST)
    )
    return _run(connection, query)


def waiting(connection: Connection, cities: Sequence[str], now: int) -> list[Case]:
    """Return the cases whose resident waits for a person's answer, the longest first."""
    query = (
        select(cases)
        .where(_in(cities), _c.waiting_since.is_not(None), _awake(now))
        .order_by(_c.waiting_since)
        .limit(MOST)
    )
    return _run(connection, query)


def in_doubt(connection: Connection, cities: Sequence[str]) -> list[Case]:
    """Return the cases whose filing nobody knows to have arrived, the oldest first."""
    query = (
        select(cases)
        .join(service_requests, _r.id == _c.request_id)
        .where(_in(cities), _r.filing == "unconfirmed", _c.state != State.RESOLVED.value)
        .order_by(_r.created_at)
        .limit(MOST)
    )
    return _run(connection, query)


def find(
    connection: Connection,
    cities: Sequence[str],
    *,
    number: str | None = None,
    type_key: str | None = None,
    ids: Sequence[str] | None = None,
    between: tuple[int, int] | None = None,
) -> list[Case]:
    """Return the cases that answer to everything given, the newest first.

    Args:
        connection: of the transaction.
        cities: slugs of the cities to look in.
        number: the city's tracking number, or our own reference.
        type_key: the request type.
        ids: of cases, found by the words of their place.
        between: from (inclusive) and until (exclusive) when it was opened, milliseconds.
    """
    query = select(cases).outerjoin(service_requests, _r.id == _c.request_id).where(_in(cities))
    if number is not None:
        wanted = number.strip().upper()
        query = query.where(or_(_r.number == wanted, _r.reference == wanted))
    if type_key is not None:
        query = query.where(_r.type_key == type_key)
    if ids is not None:
        query = query.where(_c.id.in_(list(ids)))
    if between is not None:
        query = query.where(_c.opened_at >= between[0], _c.opened_at < between[1])
    return _run(connection, query.order_by(_c.opened_at.desc(), _c.id.desc()).limit(MOST))


def changed_since(connection: Connection, cities: Sequence[str], at: int, most: int) -> list[Case]:
    """Return the cases with news since a time (milliseconds, inclusive), the oldest news first."""
    query = (
        select(cases)
        .where(_in(cities), _c.updated_at >= at)
        .order_by(_c.updated_at, _c.id)
        .limit(most)
    )
    return _run(connection, query)


def count_dead(connection: Connection, cities: Sequence[str]) -> int:
    """Return how many rows of these cities were given up, and nobody has settled them."""
    query = (
        select(func.count())
        .select_from(dead_letters)
        .join(outbox, outbox.c.id == dead_letters.c.outbox_id)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .where(
            conversations.c.city.in_(list(cities)),
            outbox.c.state == "dead",
            dead_letters.c.discarded_at.is_(None),
        )
    )
    return int(connection.execute(query).scalar_one())
