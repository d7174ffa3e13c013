"""What can be done with alerts: begin, end, list those Slack does not show as they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from bot.storage.ids import new_id
from bot.storage.tables import slack_alerts

NOTHING, BEGUN, OVER = "nothing", "begun", "over"

_c = slack_alerts.c
_OPEN = select(_c.name).where(_c.over_at.is_(None))
_UNSAID = (
    select(slack_alerts)
    .where(or_(_c.said == NOTHING, and_(_c.over_at.is_not(None), _c.said == BEGUN)))
    .order_by(_c.id)
    .limit(20)
)
_END = (
    update(slack_alerts)
    .where(_c.name.in_(bindparam("names", expanding=True)), _c.over_at.is_(None))
    .values(over_at=bindparam("at"))
)
_SAID = (
    update(slack_alerts)
    .where(_c.id == bindparam("row"))
    .values(said=bindparam("what"), ts=bindparam("stamp"))
)


@dataclass(frozen=True, slots=True)
class Unsaid:
    """An alert that Slack does not show as it is. Times are milliseconds."""

    id: str
    name: str
    since: int
    over_at: int | None
    said: str
    ts: str | None


def note(connection: Connection, wrong: Collection[str], now: int) -> None:
    """Note what is wrong now: begin what is new, end what is no longer there."""
    known = set(connection.execute(_OPEN).scalars())
    rows = [
        {"id": new_id(), "name": name, "since": now, "said": NOTHING}
        for name in sorted(set(wrong) - known)
    ]
    if rows:
        connection.execute(slack_alerts.insert(), rows)
    if gone := sorted(known - set(wrong)):
        connection.execute(_END, {"names": gone, "at": now})


def unsaid(connection: Connection) -> list[Unsaid]:
    """Return the alerts to be said, or said to be over, oldest first."""
    return [Unsaid(**row._mapping) for row in connection.execute(_UNSAID)]


def note_said(connection: Connection, alert: Unsaid, what: str, ts: str | None) -> None:
    """Note what Slack shows of an alert."""
    connection.execute(_SAID, {"row": alert.id, "what": what, "stamp": ts})
