"""What can be done with residents: find or open them by handle, opt them out and in, and note
where nothing arrives.
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
from bot.storage.tables import consents, residents
from conversations.vocabulary.handles import Handle

# The PostgreSQL form of INSERT ... ON CONFLICT compiles unchanged for SQLite; so everywhere here.
_c = residents.c
_FIND = select(_c.id, _c.handle_hash, _c.opted_out_at, _c.doubts).where(
    _c.handle_hash.in_(bindparam("hashes", expanding=True))
)
_OPEN = insert(residents).on_conflict_do_nothing()
_REHASH = (
    update(residents)
    .where(residents.c.id == bindparam("row"))
    .values(handle_hash=bindparam("hash"))
)
_SET_OPTED_OUT = (
    update(residents).where(residents.c.id == bindparam("row")).values(opted_out_at=bindparam("at"))
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
_NO_NOTICES = (
    update(residents)
    .where(residents.c.id == bindparam("row"))
    .values(notices_off_at=bindparam("at"))
)
SILENCES = (residents.c.opted_out_at, residents.c.unreachable_at, residents.c.notices_off_at)
"""Columns that `why_silent` looks at."""
_STOPS = (
    select(consents.c.state, consents.c.method)
    .where(consents.c.resident_id == bindparam("resident"), consents.c.topic == "all")
    .order_by(consents.c.id.desc())
)
_HANDLE = select(residents.c.handle_box).where(residents.c.id == bindparam("row"))


DOUBTS = 2
"""So many reports in a row that a handle may be dead are taken for the truth."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident as intake needs them; `doubted` when something of late did not arrive."""

    id: str
    opted_out: bool
    doubted: bool = False


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
        found[handle] = Resident(row.id, row.opted_out_at is not None, row.doubts > 0)
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


def record_consent(
    connection: Connection,
    vault: Vault,
    *,
    resident_id: str,
    channel: str,
    topic: str,
    state: str,
    method: str,
    evidence: object,
    actor: str,
    now: int,
) -> None:
    """Add one line to the consent ledger, and stop or resume everything when `topic` is `all`.

    `topic` is `all` or `updates`, `state` is `in` or `out`, `method` how it was said
    (`carrier_word`, `free_text`, `asked`, `provider`, ...), `evidence` plain JSON that proves it
    (sealed), `actor` is `resident`, `provider` or `staff`, `now` is in milliseconds.
    """
    row = new_id()
    connection.execute(
        consents.insert(),
        {
            "id": row,
            "resident_id": resident_id,
            "channel": channel,
            "topic": topic,
            "state": state,
            "method": method,
            "evidence_box": vault.seal("consents.evidence", row, evidence),
            "actor": actor,
            "recorded_at": now,
        },
    )
    if topic == "all":
        at = now if state == "out" else None
        connection.execute(_SET_OPTED_OUT, {"row": resident_id, "at": at})


def stop_notices(
    connection: Connection, vault: Vault, resident_id: str, method: str, now: int
) -> None:
    """Stop everything that is sent to a handle unasked, on record; direct answers still come."""
    connection.execute(_NO_NOTICES, {"row": resident_id, "at": now})
    record_consent(
        connection,
        vault,
        resident_id=resident_id,
        channel="email",
        topic="updates",
        state="out",
        method=method,
        evidence={"method": method},
        actor="resident",
        now=now,
    )


def carrier_holds_stop(connection: Connection, resident_id: str) -> bool:
    """Return whether the carrier itself has this resident on its stop list, as far as we know.

    It has when one of the stops since the last start was a word it acts on, or was reported by it;
    one in words of the resident's own is known to us alone.
    """
    for row in connection.execute(_STOPS, {"resident": resident_id}):
        if row.state == "in":
            return False
        if row.method in ("carrier_word", "provider"):
            return True
    return False


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
