"""What can be done with the inbox: add an event once, see what waits, mark what is handled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, case, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.crypto import SealError, Vault
from bot.storage.ids import new_id
from bot.storage.metadata import is_lapsed
from bot.storage.tables import conversations, inbox

EVENTS_PER_TURN = 20
"""Events one turn drains at most; more would make one commit too large."""

SUSPECT_ATTEMPTS = 2
"""An event whose turns ended that often without an end is taken alone: it may be what ends them,
and those that only stood beside it must not be set apart with it."""

_c = inbox.c
_ADD = insert(inbox).on_conflict_do_nothing().returning(_c.dedupe_hash)
_KNOWN = select(_c.dedupe_hash).where(_c.dedupe_hash.in_(bindparam("hashes", expanding=True)))
_WAITING = (
    select(_c.id, _c.conversation_id, _c.kind, _c.event_box, _c.attempts, _c.trace_id, _c.queued_at)
    .where(
        _c.conversation_id.in_(bindparam("ids", expanding=True)),
        _c.state == "waiting",
        or_(_c.due_at.is_(None), _c.due_at <= bindparam("now")),
    )
    .order_by(_c.id)
)
_RAISE = update(inbox).where(_c.id == bindparam("row")).values(attempts=_c.attempts + 1)
_HANDLED = (
    update(inbox)
    .where(_c.id == bindparam("row"))
    .values(
        state=bindparam("to_state"),
        reason=bindparam("to_reason"),
        turn=bindparam("to_turn"),
        event_box=case((bindparam("keeps") == 1, _c.event_box), else_=None),
    )
)
_STILL = (
    select(_c.conversation_id)
    .distinct()
    .where(
        _c.conversation_id.in_(bindparam("ids", expanding=True)),
        _c.state == "waiting",
        or_(_c.due_at.is_(None), _c.due_at <= bindparam("now")),
    )
)
_FORGOTTEN = (
    select(_c.conversation_id)
    .distinct()
    .join(conversations, conversations.c.id == _c.conversation_id)
    .where(
        _c.state == "waiting",
        _c.queued_at < bindparam("before"),
        or_(_c.due_at.is_(None), _c.due_at < bindparam("before")),
        (conversations.c.lease_until.is_(None)) | is_lapsed(conversations.c.lease_until),
    )
    .limit(bindparam("most"))
)
_HELD = select(_c.id, _c.conversation_id, _c.event_box).where(
    _c.id == bindparam("row"), _c.state == "held"
)
_LET_GO = (
    update(inbox)
    .where(_c.id == bindparam("row"), _c.state == "held")
    .values(state="waiting", event_box=bindparam("box"), reason=None, queued_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to add.

    Attributes:
        conversation_id, trace_id: whose.
        kind: `heard`, `elapsed` or `happened`.
        dedupe: what makes it the same event when it comes again.
        event: plain JSON; personal.
        state: `waiting`, or `silent` with a `reason`.
        due_at: not to be taken before, milliseconds; None for at once.
    """

    conversation_id: str
    kind: str
    dedupe: str
    event: Mapping[str, Any]
    trace_id: str
    state: str = "waiting"
    reason: str | None = None
    due_at: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that waits for its turn; `attempts` counts earlier tries that did not end."""

    id: str
    conversation_id: str
    kind: str
    event: Any
    attempts: int
    trace_id: str
    queued_at: int

    @property
    def proven(self) -> bool:
        """Whether it is its sender's beyond doubt; what is no message of anybody's is, too."""
        return bool(self.event.get("proven", True))

    @property
    def signed(self) -> bool:
        """Whether it is at least signed by its sender's domain; a text needs no signature."""
        return bool((self.event.get("mail") or {}).get("signed", True))


def add(connection: Connection, vault: Vault, events: Sequence[NewEvent], now: int) -> list[bool]:
    """Add events and return for each whether it is new; a repeat changes nothing."""
    hashes = [vault.index("event", event.dedupe) for event in events]
    known: set[str] = set()
    if vault.has_earlier_index_keys:
        known = _known_under_earlier_keys(connection, vault, events)
    rows: dict[str, dict[str, Any]] = {}
    for event, dedupe_hash in zip(events, hashes, strict=True):
        if dedupe_hash in known or dedupe_hash in rows:
            continue
        row = new_id()
        rows[dedupe_hash] = {
            "id": row,
            "conversation_id": event.conversation_id,
            "kind": event.kind,
            "dedupe_hash": dedupe_hash,
            "event_box": vault.seal("inbox.event", row, event.event),
            "state": event.state,
            "reason": event.reason,
            "attempts": 0,
            "trace_id": event.trace_id,
            "queued_at": now,
            "due_at": event.due_at,
        }
    stored = set(connection.execute(_ADD, list(rows.values())).scalars()) if rows else set()
    result = []
    for dedupe_hash in hashes:
        result.append(dedupe_hash in stored)
        stored.discard(dedupe_hash)  # the second of two equal ones in a batch is a repeat
    return result


def _known_under_earlier_keys(
    connection: Connection, vault: Vault, events: Sequence[NewEvent]
) -> set[str]:
    """Return the current hashes of events stored under an earlier index key."""
    earlier = {
        old: vault.index("event", event.dedupe)
        for event in events
        for old in vault.indexes("event", event.dedupe)[1:]
    }
    rows = connection.execute(_KNOWN, {"hashes": list(earlier)}).scalars()
    return {earlier[row] for row in rows}


def known(connection: Connection, vault: Vault, dedupes: Collection[str]) -> set[str]:
    """Return those of these keys under which an event is stored."""
    hashes = {h: dedupe for dedupe in dedupes for h in vault.indexes("event", dedupe)}
    asked = list(hashes)
    found: set[str] = set()
    for start in range(0, len(asked), 500):  # a statement holds only so many values
        part = {"hashes": asked[start : start + 500]}
        found |= {hashes[row] for row in connection.execute(_KNOWN, part).scalars()}
    return found


def take_waiting(
    connection: Connection, vault: Vault, ids: Sequence[str], now: int
) -> dict[str, list[Waiting]]:
    """Return what is due in each conversation, oldest first, and raise its attempt counts.

    The count is raised before the work starts, so an event that kills its worker is seen to.
    """
    found: dict[str, list[Waiting]] = {}
    full: set[str] = set()
    sealed: list[str] = []
    for row in connection.execute(_WAITING, {"ids": list(ids), "now": now}):
        events = found.setdefault(row.conversation_id, [])
        suspect = max(row.attempts, events[0].attempts if events else 0) >= SUSPECT_ATTEMPTS
        if len(events) >= EVENTS_PER_TURN or (events and suspect):
            full.add(row.conversation_id)  # what comes after must not overtake
        if row.conversation_id not in full:
            try:
                event = vault.open("inbox.event", row.id, row.event_box)
            except SealError:
                sealed.append(row.id)
                continue
            rest = (row.attempts, row.trace_id, row.queued_at)
            events.append(Waiting(row.id, row.conversation_id, row.kind, event, *rest))
    raised = [{"row": event.id} for events in found.values() for event in events]
    if raised:
        connection.execute(_RAISE, raised)
    if sealed:  # not even with an earlier key: set apart, or the conversation would end here
        failed = {"to_state": "failed", "to_reason": "unreadable", "to_turn": None, "keeps": 1}
        connection.execute(_HANDLED, [{"row": row, **failed} for row in sealed])
    return {row: events for row, events in found.items() if events}


def mark(
    connection: Connection, marks: Sequence[tuple[Waiting, str, str | None]], turns: Sequence[int]
) -> None:
    """Mark events as `done`, `silent`, `held` or `failed` (with a reason) in their turns."""
    rows = [
        {
            "row": event.id,
            "to_state": state,
            "to_reason": reason,
            "to_turn": turn,
            "keeps": int(state in ("failed", "held")),
        }
        for (event, state, reason), turn in zip(marks, turns, strict=True)
    ]
    if rows:
        connection.execute(_HANDLED, rows)


def forgotten(connection: Connection, before: int, most: int) -> list[str]:
    """Return conversations that nobody holds and for which something waits since `before`."""
    return list(connection.execute(_FORGOTTEN, {"before": before, "most": most}).scalars())


def still_waiting(connection: Connection, ids: Sequence[str], now: int) -> set[str]:
    """Return those of these conversations for which something is due."""
    return set(connection.execute(_STILL, {"ids": list(ids), "now": now}).scalars())


def read_held(connection: Connection, vault: Vault, event_id: str) -> str:
    """Return the words of a held event, empty when it is not held."""
    row = connection.execute(_HELD, {"row": event_id}).one_or_none()
    return "" if row is None else str(vault.open("inbox.event", row.id, row.event_box)["text"])


def release(connection: Connection, vault: Vault, event_id: str, now: int) -> str | None:
    """Let a held event go, as proven now; return its conversation, or None when it is not held."""
    row = connection.execute(_HELD, {"row": event_id}).one_or_none()
    if row is None:
        return None
    event = {**vault.open("inbox.event", row.id, row.event_box), "proven": True}
    box = vault.seal("inbox.event", row.id, event)
    done = connection.execute(_LET_GO, {"row": row.id, "box": box, "at": now}).rowcount
    return row.conversation_id if done else None
