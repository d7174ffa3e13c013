"""What can be done with residents: find or open them by handle, note when something last came from
there, and where nothing arrives. Who said stop is in `consents.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.lanes import NOTICES
from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import residents
from conversations.vocabulary.handles import AWAY_DAYS, Handle

# The PostgreSQL form of INSERT ... ON CONFLICT compiles unchanged for SQLite; so everywhere here.
_c = residents.c
_FIND = select(
    _c.id,
    _c.handle_hash,
    _c.opted_out_at,
    _c.notices_off_at,
    _c.doubts,
    _c.heard_at,
    _c.known_since,
).where(_c.handle_hash.in_(bindparam("hashes", expanding=True)))
_FIRST = select(_c.created_at).order_by(_c.id).limit(1)
_OPEN = insert(residents).on_conflict_do_nothing()
_REHASH = (
    update(residents)
    .where(residents.c.id == bindparam("row"))
    .values(handle_hash=bindparam("hash"))
)
_DOUBT = (
    update(residents)
    .where(_c.id == bindparam("row"))
    .values(doubts=_c.doubts + 1)
    .returning(_c.doubts)
)
_SET_UNREACHABLE = (
    update(residents)
    .where(_c.id == bindparam("row"), _c.unreachable_at.is_(None))
    .values(unreachable_at=bindparam("at"), unreachable_reason=bindparam("why"))
)
_SET_REACHED = (
    update(residents)
    .where(_c.id.in_(bindparam("ids", expanding=True)))
    .values(unreachable_at=None, unreachable_reason=None, doubts=0)
)
_SET_HEARD = (
    update(residents)
    .where(_c.id.in_(bindparam("ids", expanding=True)))
    .values(heard_at=bindparam("at"))
)
SILENCES = (residents.c.opted_out_at, residents.c.unreachable_at, residents.c.notices_off_at)
"""Columns that `why_silent` looks at."""
_SILENCES = select(*SILENCES).where(residents.c.id == bindparam("row"))
_HANDLE = select(residents.c.handle_box).where(residents.c.id == bindparam("row"))


DAY_MS = 24 * 3_600_000
DOUBTS = 2
"""So many reports in a row that a handle may be dead are taken for the truth."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident as intake needs them.

    Attributes:
        id: the row's.
        opted_out: they said stop.
        doubted: something of late did not arrive.
        notices_off: they want nothing unasked.
        sure_at: when its holder was last known to be who they are, milliseconds: something came
            from this handle, or it was given to somebody new; None before either.
    """

    id: str
    opted_out: bool
    doubted: bool = False
    notices_off: bool = False
    sure_at: int | None = None


def first_at(connection: Connection) -> int | None:
    """Return when we first heard of anybody, milliseconds, or None."""
    return connection.execute(_FIRST).scalar_one_or_none()


def find_or_open(
    connection: Connection, vault: Vault, handles: Collection[Handle], now: int
) -> dict[Handle, Resident]:
    """Return the resident of each handle, opened where there was none."""
    found = _find(connection, vault, handles)
    missing = sorted(set(handles) - found.keys())
    if missing:
        rows = []
        for handle in missing:
            row = new_id()
            rows.append(
                {
                    "id": row,
                    "handle_hash": vault.index("handle", handle),
                    "handle_box": vault.seal("residents.handle", row, handle),
                    "opted_out_at": None,
                    "created_at": now,
                }
            )
        connection.execute(_OPEN, rows)
        found |= _find(connection, vault, missing)  # another process may have been first
    return found


def _find(
    connection: Connection, vault: Vault, handles: Collection[Handle]
) -> dict[Handle, Resident]:
    """Return those that exist; one still under an earlier index key is moved to the current."""
    by_hash = {h: handle for handle in handles for h in vault.indexes("handle", handle)}
    found: dict[Handle, Resident] = {}
    for row in connection.execute(_FIND, {"hashes": list(by_hash)}):
        handle = by_hash[row.handle_hash]
        found[handle] = Resident(
            row.id,
            row.opted_out_at is not None,
            row.doubts > 0,
            row.notices_off_at is not None,
            sure_at(row.heard_at, row.known_since),
        )
        current = vault.index("handle", handle)
        if row.handle_hash != current:
            connection.execute(_REHASH, {"row": row.id, "hash": current})
    return found


def find(connection: Connection, vault: Vault, handle: Handle) -> Resident | None:
    """Return the resident of a handle, or None."""
    return _find(connection, vault, (handle,)).get(handle)


def read_handle(connection: Connection, vault: Vault, resident_id: str) -> Handle | None:
    """Return how a resident is reached, or None once that was erased."""
    box = connection.execute(_HANDLE, {"row": resident_id}).scalar_one_or_none()
    return None if box is None else Handle(vault.open("residents.handle", resident_id, box))


def why_silent(resident: Any, lane: int, allowed_once: bool) -> str | None:
    """Return why nothing is sent to a resident in a lane, or None.

    Args:
        resident: a row with `opted_out_at`, `unreachable_at` and `notices_off_at`.
        lane: of the text; the lane of notices is closed to who wants none.
        allowed_once: it is the one confirmation after a stop.
    """
    if resident.opted_out_at is not None and not allowed_once:
        return "opted_out"
    if resident.notices_off_at is not None and lane == NOTICES:
        return "notices_off"
    return "unreachable" if resident.unreachable_at is not None else None


def note_unreachable(connection: Connection, resident_id: str, reason: str, now: int) -> None:
    """Note that nothing arrives at this handle, so that nothing is sent there until they write.

    `reason` is the provider's code or a word of ours (40 characters), `now` is in milliseconds.
    For every channel: a landline, a mailbox that does not exist.
    """
    connection.execute(_DOUBT, {"row": resident_id})
    connection.execute(_SET_UNREACHABLE, {"row": resident_id, "at": now, "why": reason[:40]})


def note_doubt(connection: Connection, resident_id: str, reason: str, now: int) -> bool:
    """Count one report that a handle may be dead; the second in a row makes it so (True)."""
    doubts = connection.execute(_DOUBT, {"row": resident_id}).scalar_one()
    if doubts < DOUBTS:
        return False
    connection.execute(_SET_UNREACHABLE, {"row": resident_id, "at": now, "why": reason[:40]})
    return True


def note_reached(connection: Connection, resident_ids: Sequence[str]) -> None:
    """Forget that nothing arrived there: they have written, or something was delivered."""
    if resident_ids:
        connection.execute(_SET_REACHED, {"ids": list(resident_ids)})


def sure_at(heard_at: int | None, known_since: int | None) -> int | None:
    """Return when a handle's holder was last known: heard, or new, whichever came later."""
    moments = [at for at in (heard_at, known_since) if at is not None]
    return max(moments, default=None)


def is_silent(connection: Connection, resident_id: str) -> bool:
    """Return whether nothing may be sent to a handle, or nothing arrives there."""
    row = connection.execute(_SILENCES, {"row": resident_id}).one()
    return row.opted_out_at is not None or row.unreachable_at is not None


def away_since(channel: str, sure: int | None, now: int) -> int | None:
    """Return since when nobody was heard from a phone that may be somebody else's by now, or None.

    A mailbox has its owner's password; it is not asked about. `sure` is `sure_at`.
    """
    if channel != "sms" or sure is None or now - sure <= AWAY_DAYS * DAY_MS:
        return None
    return sure


def note_heard(connection: Connection, resident_ids: Sequence[str], now: int) -> None:
    """Note that something that is surely its holder's came from each of these handles."""
    if resident_ids:
        connection.execute(_SET_HEARD, {"ids": list(resident_ids), "at": now})
