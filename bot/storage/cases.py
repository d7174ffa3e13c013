"""What can be done with cases: open one, read it for a press, change it. Lists: `case_lists.py`.

A case opens with what it is about: with a report (`service_requests.open_report`) and with a
hand-over (`hand_overs.add`), in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.street_tokens import index_place
from bot.storage.tables import cases, conversations

_c = cases.c
_OPEN_CASE = insert(cases).on_conflict_do_nothing()
_BY_ID = select(cases).where(_c.id == bindparam("which"))
_HOMES = select(_c.conversation_id).where(_c.id.in_(bindparam("ids", expanding=True)))
_HOLD = (
    select(conversations.c.id)
    .where(conversations.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(conversations.c.id)
    .with_for_update(read=True, key_share=True)
)
_LOCK = (
    select(cases)
    .where(_c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_c.id)
    .with_for_update()
)
_BY_REQUEST = select(cases).where(_c.request_id == bindparam("which"))
_BY_CONVERSATION = select(cases).where(
    _c.conversation_id == bindparam("which"), _c.kind == "conversation"
)


class Kind(StrEnum):
    """What a case is about."""

    REQUEST = "request"
    CONVERSATION = "conversation"


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Case:
    """One case; see the table. Times are milliseconds."""

    id: str
    kind: Kind
    request_id: str | None
    conversation_id: str
    hand_over_id: str | None
    city: str
    state: State
    claimed_by: str | None
    changed_by: str | None
    version: int
    snoozed_until: int | None
    muted: bool
    waiting_since: int | None
    merged_into: str | None
    opened_at: int
    updated_at: int

    def state_at(self, now: int) -> State:
        """Return where it stands at a time: whoever snoozed it has it again when that is over."""
        if self.state is State.SNOOZED and (self.snoozed_until or 0) <= now:
            return State.CLAIMED if self.claimed_by else State.OPEN
        return self.state


def open_row(row: Any) -> Case:
    """Return a row of the table."""
    found = {field.name: getattr(row, field.name) for field in fields(Case)}
    return Case(**{**found, "kind": Kind(row.kind), "state": State(row.state)})


def open_for_request(
    connection: Connection,
    vault: Vault,
    *,
    request_id: str,
    conversation_id: str,
    city: str,
    label: str,
    now: int,
) -> str:
    """Open the case of a report; `label` is its place as people read it. Return its id."""
    row = _add(connection, Kind.REQUEST, conversation_id, city, now, request_id=request_id)
    index_place(connection, vault, row, city, label)
    return row


def open_for_hand_over(
    connection: Connection,
    *,
    hand_over_id: str,
    conversation_id: str,
    request_id: str | None,
    city: str,
    now: int,
) -> str:
    """Open, or open again, the case that a hand-over is for; return its id.

    One about a request belongs to the request's case; every other to its conversation's.
    """
    found = None
    if request_id is not None:
        found = of_request(connection, request_id)
    if found is None:
        found = of_conversation(connection, conversation_id)
    if found is None:
        row = _add(connection, Kind.CONVERSATION, conversation_id, city, now)
        found = read(connection, row)
        assert found is not None
    waiting = found.waiting_since or now
    changes: dict[str, Any] = {"hand_over_id": hand_over_id, "waiting_since": waiting}
    if found.state is State.RESOLVED:
        changes |= {"state": State.OPEN, "claimed_by": None, "merged_into": None}
    change(connection, found, None, now, **changes)
    return found.id


def _add(
    connection: Connection,
    kind: Kind,
    conversation_id: str,
    city: str,
    now: int,
    request_id: str | None = None,
) -> str:
    row = new_id()
    connection.execute(
        _OPEN_CASE,
        {
            "id": row,
            "kind": kind.value,
            "request_id": request_id,
            "conversation_id": conversation_id,
            "city": city,
            "state": State.OPEN.value,
            "version": 1,
            "muted": False,
            "opened_at": now,
            "updated_at": now,
        },
    )
    return row


def read(connection: Connection, case_id: str, *, lock: bool = False) -> Case | None:
    """Return a case; with `lock` nobody else changes it before the transaction ends."""
    query = _BY_ID.with_for_update() if lock else _BY_ID
    row = connection.execute(query, {"which": case_id}).one_or_none()
    return None if row is None else open_row(row)


def lock(connection: Connection, case_ids: Collection[str]) -> dict[str, Case]:
    """Return those of these cases that there are; nobody changes them before the end.

    Their conversations are held first, as a turn does it that writes to a case: whoever goes
    the other way round would wait for a turn that waits for them.
    """
    found = {"ids": sorted(case_ids)}
    homes = sorted(set(connection.execute(_HOMES, found).scalars()))
    connection.execute(_HOLD, {"ids": homes}).all()
    return {row.id: open_row(row) for row in connection.execute(_LOCK, found)}


def of_request(connection: Connection, request_id: str) -> Case | None:
    """Return the case of a request."""
    row = connection.execute(_BY_REQUEST, {"which": request_id}).one_or_none()
    return None if row is None else open_row(row)


def of_conversation(connection: Connection, conversation_id: str) -> Case | None:
    """Return the case of a handed-over conversation."""
    row = connection.execute(_BY_CONVERSATION, {"which": conversation_id}).one_or_none()
    return None if row is None else open_row(row)


def change(connection: Connection, case: Case, by: str | None, now: int, **values: Any) -> int:
    """Change a case and return its new version.

    Args:
        connection: in a transaction in which the case was read.
        case: as it was read.
        by: id of the member of staff; None for the resident or time.
        now: milliseconds.
        values: columns and what they become.
    """
    plain = {
        key: str(value) if isinstance(value, StrEnum) else value for key, value in values.items()
    }
    version = case.version + 1
    connection.execute(
        update(cases)
        .where(_c.id == case.id)
        .values(**plain, changed_by=by, version=_c.version + 1, updated_at=now)
    )
    return version


def touch(connection: Connection, case_id: str, now: int, **values: Any) -> None:
    """Note that a case has news: who looks at an older version may still press."""
    connection.execute(update(cases).where(_c.id == case_id).values(**values, updated_at=now))


def supersede(connection: Connection, first: str, second: str, now: int) -> None:
    """Let the case of one request take the place of another's: it is in the same hands, and the
    other is resolved.
    """
    old, new = of_request(connection, first), of_request(connection, second)
    if old is None or new is None:
        return
    state = State.CLAIMED if old.claimed_by else State.OPEN
    change(
        connection, new, old.changed_by, now,
        state=state, claimed_by=old.claimed_by, muted=old.muted,
    )  # fmt: skip
    change(
        connection, old, None, now,
        state=State.RESOLVED, merged_into=new.id, waiting_since=None, snoozed_until=None,
    )  # fmt: skip
