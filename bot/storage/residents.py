"""What can be done with residents: find or open them by handle, opt them out and in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import consents, residents
from conversations.vocabulary.handles import Handle

# The PostgreSQL form of INSERT ... ON CONFLICT compiles unchanged for SQLite; so everywhere here.
_FIND = select(residents.c.id, residents.c.handle_hash, residents.c.opted_out_at).where(
    residents.c.handle_hash.in_(bindparam("hashes", expanding=True))
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
_HANDLE = select(residents.c.handle_box).where(residents.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident as intake needs them."""

    id: str
    opted_out: bool


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
        found[handle] = Resident(row.id, row.opted_out_at is not None)
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
