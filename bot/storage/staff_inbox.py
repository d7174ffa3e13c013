"""What can be done with the staff inbox: add once, let go, take in order, end, find the forgotten.

An event is taken by one worker under a lease and served in the order of its lane. A worker that
dies leaves it to the next one; what ended three workers is set apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.metadata import database_now, is_lapsed
from bot.storage.tables import staff_inbox

LEASE_MS = 60_000
MOST_ATTEMPTS = 5
OPENING_MS = 10_000
"""A modal that was not opened by then never will be: its trigger lived three seconds."""

_c = staff_inbox.c
_earlier = staff_inbox.alias("earlier")
_ADD = insert(staff_inbox).on_conflict_do_nothing().returning(_c.id)
_KNOWN = select(_c.id).where(_c.dedupe_hash.in_(bindparam("hashes", expanding=True)))
_free = or_(_c.state == "waiting", and_(_c.state == "taken", is_lapsed(_c.lease_until)))
_blocked = exists().where(
    _earlier.c.lane_hash == _c.lane_hash,
    _earlier.c.id < _c.id,
    _earlier.c.state.in_(("waiting", "taken")),
)
_TAKE = (
    update(staff_inbox)
    .where(_c.id == bindparam("row"), _free, ~_blocked)
    .values(
        state="taken",
        attempts=_c.attempts + 1,
        lease_until=database_now() + LEASE_MS,
    )
    .returning(_c.id, _c.kind, _c.event_box, _c.attempts, _c.trace_id, _c.lane_hash)
)
_END = (
    update(staff_inbox)
    .where(_c.id == bindparam("row"), _c.attempts == bindparam("attempt"), _c.state == "taken")
    .values(
        state=bindparam("to_state"),
        event_box=bindparam("box"),
        done_at=bindparam("at"),
        lease_until=None,
    )
)
_NEXT = (
    select(_c.id)
    .where(_c.lane_hash == bindparam("lane"), _c.state == "waiting")
    .order_by(_c.id)
    .limit(1)
)
_LET_GO = (
    update(staff_inbox)
    .where(_c.id == bindparam("row"), _c.state == "opening")
    .values(state=bindparam("to_state"), event_box=bindparam("box"))
)
_NEVER_OPENED = (
    update(staff_inbox)
    .where(_c.state == "opening", _c.queued_at < bindparam("before"))
    .values(state="done", event_box=None, done_at=bindparam("at"))
)
_FORGOTTEN = (
    select(_c.id)
    .where(_free, _c.queued_at < bindparam("before"), ~_blocked)
    .order_by(_c.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class NewStaffEvent:
    """An event to add. `state` is `waiting`, or `opening` while its modal is being opened."""

    kind: str
    key: str
    lane: str
    event: Mapping[str, Any] = field(repr=False)
    trace_id: str
    state: str = "waiting"


@dataclass(frozen=True, slots=True)
class Taken:
    """An event this process holds. `attempts` counts this try too; `event` is personal."""

    id: str
    kind: str
    event: Any = field(repr=False)
    attempts: int
    trace_id: str
    lane_hash: str


def add(connection: Connection, vault: Vault, new: NewStaffEvent, now: int) -> str | None:
    """Add an event and return its id; None for one that is known."""
    earlier = vault.indexes("staff_event", new.key)[1:]
    if earlier and connection.execute(_KNOWN, {"hashes": list(earlier)}).first():
        return None
    row = new_id()
    values = {
        "id": row,
        "kind": new.kind,
        "dedupe_hash": vault.index("staff_event", new.key),
        "lane_hash": vault.index("staff_lane", new.lane),
        "event_box": vault.seal("staff_inbox.event", row, dict(new.event)),
        "state": new.state,
        "attempts": 0,
        "trace_id": new.trace_id,
        "queued_at": now,
    }
    return connection.execute(_ADD, values).scalar_one_or_none()


def let_go(connection: Connection, vault: Vault, row: str, event: Mapping[str, Any] | None) -> bool:
    """Let an event wait for a worker now that its modal is open; None: it could not be opened."""
    box = None if event is None else vault.seal("staff_inbox.event", row, dict(event))
    state = "done" if event is None else "waiting"
    return bool(connection.execute(_LET_GO, {"row": row, "to_state": state, "box": box}).rowcount)


def take(connection: Connection, vault: Vault, row: str) -> Taken | None:
    """Take an event; None when it is taken, done, or an earlier one of its lane is not."""
    found = connection.execute(_TAKE, {"row": row}).one_or_none()
    if found is None:
        return None
    event = vault.open("staff_inbox.event", found.id, found.event_box)
    return Taken(found.id, found.kind, event, found.attempts, found.trace_id, found.lane_hash)


def end(connection: Connection, vault: Vault, taken: Taken, state: str, now: int) -> str | None:
    """End an event (`done`, `failed`, or `waiting` again); return the next one of its lane."""
    kept = state != "done"
    box = vault.seal("staff_inbox.event", taken.id, taken.event) if kept else None
    connection.execute(
        _END,
        {
            "row": taken.id,
            "attempt": taken.attempts,
            "to_state": state,
            "box": box,
            "at": None if state == "waiting" else now,
        },
    )
    if state == "waiting":
        return None
    return connection.execute(_NEXT, {"lane": taken.lane_hash}).scalar_one_or_none()


def forgotten(connection: Connection, before: int, most: int) -> list[str]:
    """Return events that wait since `before`, or whose worker died."""
    return list(connection.execute(_FORGOTTEN, {"before": before, "most": most}).scalars())


def end_never_opened(connection: Connection, now: int) -> int:
    """End presses whose modal was never opened: the person saw nothing, and presses again."""
    done = connection.execute(_NEVER_OPENED, {"before": now - OPENING_MS, "at": now})
    return done.rowcount
