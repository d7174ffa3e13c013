"""What can be done with followers: residents who follow a report that somebody else has made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.tables import followers, service_requests

_f = followers.c
_insert = insert(followers)
_FOLLOW = _insert.on_conflict_do_update(
    index_elements=[_f.request_id, _f.resident_id],
    set_={"ended_at": None, "conversation_id": _insert.excluded.conversation_id},
)
_END = (
    update(followers)
    .where(
        _f.request_id == bindparam("request"),
        _f.resident_id.in_(bindparam("residents", expanding=True)),
        _f.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"))
)
_OF = (
    select(_f.resident_id, _f.conversation_id)
    .where(_f.request_id == bindparam("request"), _f.ended_at.is_(None))
    .order_by(_f.resident_id)
)
_COUNT = select(func.count()).where(_f.request_id == bindparam("request"), _f.ended_at.is_(None))
_FOLLOWED = (
    select(service_requests.c.id)
    .join(followers, _f.request_id == service_requests.c.id)
    .where(
        _f.resident_id.in_(bindparam("residents", expanding=True)),
        _f.ended_at.is_(None),
        service_requests.c.city == bindparam("in_city"),
    )
    .order_by(_f.followed_at.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows, and in which conversation they said so."""

    resident_id: str
    conversation_id: str


def follow(
    connection: Connection, request_id: str, resident_id: str, conversation_id: str, now: int
) -> None:
    """Let a resident follow a request; a second time changes nothing."""
    row = {
        "request_id": request_id,
        "resident_id": resident_id,
        "conversation_id": conversation_id,
        "followed_at": now,
        "ended_at": None,
    }
    connection.execute(_FOLLOW, row)


def unfollow(
    connection: Connection, request_id: str, resident_ids: Sequence[str], now: int
) -> None:
    """End the following of these residents."""
    connection.execute(_END, {"request": request_id, "residents": list(resident_ids), "at": now})


def of_request(connection: Connection, request_id: str) -> list[Follower]:
    """Return who follows a request."""
    rows = connection.execute(_OF, {"request": request_id})
    return [Follower(row.resident_id, row.conversation_id) for row in rows]


def count(connection: Connection, request_id: str) -> int:
    """Return how many follow a request."""
    return int(connection.execute(_COUNT, {"request": request_id}).scalar_one())


def followed_by(
    connection: Connection, resident_ids: Sequence[str], city: str, most: int
) -> list[str]:
    """Return the requests these residents follow, the latest first."""
    query = {"residents": list(resident_ids), "in_city": city, "most": most}
    return list(connection.execute(_FOLLOWED, query).scalars())
