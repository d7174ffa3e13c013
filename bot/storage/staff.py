"""What can be done with staff: add, find by handle, let go. Names and handles are sealed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import staff
from conversations.vocabulary.handles import Handle

EVERY_CITY = "*"
ROLES = ("staff", "admin")

_c = staff.c
_FIND = select(staff).where(_c.handle_hash.in_(bindparam("hashes", expanding=True)))
_READ = select(staff).where(_c.id.in_(bindparam("ids", expanding=True)))
_ALL = select(staff).order_by(_c.id)
_CHANGE = (
    update(staff)
    .where(_c.id == bindparam("row"))
    .values(
        name_box=bindparam("name"),
        role=bindparam("to_role"),
        city=bindparam("to_city"),
        active=bindparam("works"),
    )
)


@dataclass(frozen=True, slots=True)
class Staff:
    """One person of a city's staff. `city` is a slug or `*`; `name` is never logged."""

    id: str
    name: str = field(repr=False)
    role: str
    city: str
    active: bool

    @property
    def first_name(self) -> str:
        """The first word of the name."""
        return (self.name.split() or [""])[0]


def put(
    connection: Connection,
    vault: Vault,
    handle: Handle,
    *,
    name: str,
    role: str,
    city: str,
    now: int,
    active: bool = True,
) -> Staff:
    """Register a person under a handle, or change what is known under it.

    Args:
        connection: in a transaction.
        vault: seals handle and name.
        handle: `slack:T1/U1`, `mailto:...`, `term:...`.
        name: as colleagues know them.
        role: one of `ROLES`.
        city: a slug, or `EVERY_CITY`.
        now: milliseconds.
        active: False lets them go; what they did stays on record.

    Raises:
        ValueError: no such role, or no name.
    """
    if role not in ROLES or not name.strip():
        raise ValueError("a member of staff needs a name, and the role staff or admin")
    known = find(connection, vault, handle)
    row = known.id if known else new_id()
    sealed = vault.seal("staff.name", row, name.strip())
    if known is not None:
        changed = {"row": row, "name": sealed, "to_role": role, "to_city": city, "works": active}
        connection.execute(_CHANGE, changed)
    else:
        values = {
            "id": row,
            "handle_hash": vault.index("staff", handle),
            "handle_box": vault.seal("staff.handle", row, handle),
            "name_box": sealed,
            "role": role,
            "city": city,
            "active": active,
            "created_at": now,
        }
        connection.execute(staff.insert(), values)
    return Staff(row, name.strip(), role, city, active)


def find(connection: Connection, vault: Vault, handle: Handle) -> Staff | None:
    """Return who has this handle, whether they still work here or not, or None."""
    hashes = list(vault.indexes("staff", handle))
    row = connection.execute(_FIND, {"hashes": hashes}).first()
    return None if row is None else _open(vault, row)


def read(connection: Connection, vault: Vault, ids: Collection[str]) -> dict[str, Staff]:
    """Return these members of staff by id."""
    if not ids:
        return {}
    rows = connection.execute(_READ, {"ids": sorted(ids)})
    return {row.id: _open(vault, row) for row in rows}


def everyone(connection: Connection, vault: Vault) -> list[Staff]:
    """Return all staff, in the order they came."""
    return [_open(vault, row) for row in connection.execute(_ALL)]


def _open(vault: Vault, row: Any) -> Staff:
    name = vault.open("staff.name", row.id, row.name_box)
    return Staff(row.id, name, row.role, row.city, row.active)
