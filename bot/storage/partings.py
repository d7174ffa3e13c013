"""Parting a handle from all that came before: whoever holds it now is somebody else.

What its earlier holder filed goes to another handle of that person, where there is one, with its
news; otherwise its news end. Nothing that was on its way to the handle arrives any more: no waiting
event, no queued text, no link. What is remembered of its conversations is forgotten.
"""

from __future__ import annotations

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from bot.storage import followers, outbox, persons
from bot.storage.tables import conversations, inbox, service_requests, tokens
from bot.storage.tables import followers as followers_table

_q, _v, _f, _i, _t = (
    service_requests.c,
    conversations.c,
    followers_table.c,
    inbox.c,
    tokens.c,
)
_OLD = select(_q.id, _q.city).where(
    _q.resident_id == bindparam("row"), _q.created_at < bindparam("at")
)
_FOLLOWED = (
    select(_f.request_id, service_requests.c.city)
    .join(service_requests, service_requests.c.id == _f.request_id)
    .where(
        _f.resident_id == bindparam("row"), _f.ended_at.is_(None), _f.followed_at < bindparam("at")
    )
)
_HOMES = (
    select(_v.id, _v.city, _v.resident_id)
    .where(_v.resident_id.in_(bindparam("ids", expanding=True)))
    .order_by(_v.heard_at)
)
_HAND_ON = (
    update(service_requests)
    .where(_q.id == bindparam("request"))
    .values(resident_id=bindparam("to"), conversation_id=bindparam("home"))
)
_END_NEWS = update(service_requests).where(_q.id == bindparam("request")).values(updates=False)
_MINE = select(_v.id).where(_v.resident_id == bindparam("row"))
_DROP = (
    update(inbox)
    .where(
        _i.conversation_id.in_(_MINE),
        _i.state == "waiting",
        or_(
            and_(_i.kind == "happened", _i.trace_id.in_(bindparam("requests", expanding=True))),
            and_(_i.kind == "elapsed", _i.queued_at < bindparam("at")),
        ),
    )
    .values(state="silent", reason="parted", event_box=None)
)
_END_LINKS = (
    update(tokens)
    .where(_t.resident_id == bindparam("row"), _t.expires_at > bindparam("now"))
    .values(expires_at=bindparam("now"))
)
_FORGET = (
    update(conversations)
    .where(_v.resident_id == bindparam("row"), _v.id != bindparam("but"))
    .values(talk_box=None, version=_v.version + 1)
)


def part(connection: Connection, resident_id: str, since: int, now: int, *, but: str = "") -> None:
    """Let a handle begin anew; what came before `since` is not its holder's.

    Args:
        connection: in a transaction.
        resident_id: the handle's row.
        since: when its present holder was first heard, milliseconds.
        now: milliseconds.
        but: a conversation whose memory its own turn rewrites, or empty.
    """
    old = list(connection.execute(_OLD, {"row": resident_id, "at": since}))
    followed = list(connection.execute(_FOLLOWED, {"row": resident_id, "at": since}))
    others = sorted(persons.handles_of(connection, resident_id) - {resident_id})
    homes = {row.city: row for row in connection.execute(_HOMES, {"ids": others})}
    for request in old:
        home = homes.get(request.city)
        if home is None:
            connection.execute(_END_NEWS, {"request": request.id})
        else:
            values = {"request": request.id, "to": home.resident_id, "home": home.id}
            connection.execute(_HAND_ON, values)
    for row in followed:
        followers.unfollow(connection, row.request_id, [resident_id], now)
        if (home := homes.get(row.city)) is not None:
            followers.follow(connection, row.request_id, home.resident_id, home.id, now)
    requests = sorted({row.id for row in old} | {row.request_id for row in followed})
    connection.execute(_DROP, {"row": resident_id, "requests": requests, "at": since})
    outbox.suppress(connection, resident_id, now)
    connection.execute(_END_LINKS, {"row": resident_id, "now": now})
    connection.execute(_FORGET, {"row": resident_id, "but": but})
    persons.unlink(connection, resident_id, since)
