"""What can be done with conversations: find or open, lease with a fence, commit a turn.

A turn takes a lease (a row, not a session lock), thinks with no transaction open, and commits only
if it still holds the newest fence. A message that comes meanwhile stays `waiting` in the inbox:
rows are marked by id, never by "all until now", which lost 152 of 300 racing messages in a trial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.crypto import SealError, Vault
from bot.storage.ids import new_id
from bot.storage.metadata import database_now, is_lapsed
from bot.storage.residents import sure_at
from bot.storage.tables import conversations, residents

_c = conversations.c
_FIND = select(_c.id, _c.city, _c.channel, _c.resident_id).where(
    _c.resident_id.in_(bindparam("residents", expanding=True))
)
_OPEN = insert(conversations).on_conflict_do_nothing()
_LOCK_FREE = (
    select(
        *(column for column in _c if column.name not in ("lease_until", "lease_owner")),
        residents.c.handle_box,
        residents.c.opted_out_at,
        residents.c.notices_off_at,
        residents.c.known_since,
        residents.c.heard_at.label("holder_heard_at"),
    )
    .join(residents, residents.c.id == _c.resident_id)
    .where(
        _c.id.in_(bindparam("ids", expanding=True)),
        or_(_c.lease_until.is_(None), is_lapsed(_c.lease_until)),
    )
    .order_by(_c.id)
    .with_for_update(of=conversations)  # waits: skipping a row could lose the wake-up it holds
)
_LEASE = (
    update(conversations)
    .where(_c.id == bindparam("row"))
    .values(
        lease_owner=bindparam("owner"),
        lease_until=database_now() + bindparam("lease_ms"),
        fence=_c.fence + 1,
    )
)
_LOCK_FENCES = (
    select(_c.id, _c.fence, _c.version)
    .where(_c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_c.id)
    .with_for_update()
)
_SAVE = (
    update(conversations)
    .where(_c.id == bindparam("row"))
    .values(
        talk_box=bindparam("talk_box"),
        version=_c.version + 1,
        turn=bindparam("turn"),
        office=bindparam("office"),
        heard_at=bindparam("heard_at"),
        lease_until=None,
        lease_owner=None,
    )
)
_CITY = select(_c.city).where(_c.id == bindparam("row"))
_TALK = select(_c.id, _c.talk_box).where(_c.id == bindparam("row"))

Key = tuple[str, str, str]
"""City, channel, resident id."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A conversation this process may think about until its lease ends.

    `talk` is the engine's memory as plain JSON, None before the first turn. `handle` and `talk`
    are personal. `sure_at` is when the handle's holder was last known (`residents.sure_at`).
    """

    id: str
    city: str
    channel: str
    resident_id: str
    provider: str
    office: str
    handle: str
    opted_out: bool
    talk: Any
    version: int
    turn: int
    fence: int
    opened_at: int
    notices_off: bool = False
    sure_at: int | None = None


def find_or_open(
    connection: Connection, wanted: Mapping[Key, tuple[str, str]], now: int
) -> dict[Key, str]:
    """Return the id of each conversation, opened where there was none.

    Args:
        connection: in a transaction.
        wanted: key to (provider, our handle), used when it is opened.
        now: milliseconds.
    """
    found = _find(connection, wanted)
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        rows = []
        for city, channel, resident_id in missing:
            provider, office = wanted[(city, channel, resident_id)]
            rows.append(
                {
                    "id": new_id(),
                    "city": city,
                    "channel": channel,
                    "resident_id": resident_id,
                    "provider": provider,
                    "office": office,
                    "version": 0,
                    "turn": 0,
                    "fence": 0,
                    "opened_at": now,
                    "heard_at": now,
                }
            )
        connection.execute(_OPEN, rows)
        found |= _find(connection, wanted)
    return found


def _find(connection: Connection, wanted: Mapping[Key, Any]) -> dict[Key, str]:
    """Return those that exist."""
    ids = {key[2] for key in wanted}
    rows = connection.execute(_FIND, {"residents": list(ids)})
    found = {(row.city, row.channel, row.resident_id): row.id for row in rows}
    return {key: found[key] for key in wanted if key in found}


def find(connection: Connection, city: str, channel: str, resident_id: str) -> str | None:
    """Return the id of the conversation of this resident with this city, or None."""
    key = (city, channel, resident_id)
    return _find(connection, {key: None}).get(key)


def lock_free(connection: Connection, vault: Vault, ids: Sequence[str]) -> dict[str, Leased]:
    """Lock those of `ids` that nobody holds and return them as they will be once leased."""
    rows = connection.execute(_LOCK_FREE, {"ids": list(ids)}).all()
    return {row.id: _read(vault, row) for row in rows}


def lease(connection: Connection, ids: Sequence[str], owner: str, lease_ms: int) -> None:
    """Give the locked conversations to `owner` for `lease_ms`; the fence rises by one."""
    leases = [{"row": row, "owner": owner, "lease_ms": lease_ms} for row in ids]
    if leases:
        connection.execute(_LEASE, leases)


def _read(vault: Vault, row: Any) -> Leased:
    """Return a row opened."""
    talk = None
    if row.talk_box is not None:
        try:
            talk = vault.open("conversations.talk", row.id, row.talk_box)
        except SealError:
            talk = {}  # what no memory can be made of: the turn begins one anew
    handle = ""
    if row.handle_box is not None:
        handle = vault.open("residents.handle", row.resident_id, row.handle_box)
    return Leased(
        id=row.id,
        city=row.city,
        channel=row.channel,
        resident_id=row.resident_id,
        provider=row.provider,
        office=row.office,
        handle=handle,
        opted_out=row.opted_out_at is not None,
        talk=talk,
        version=row.version,
        turn=row.turn,
        fence=row.fence + 1,
        opened_at=row.opened_at,
        notices_off=row.notices_off_at is not None,
        sure_at=sure_at(row.holder_heard_at, row.known_since),
    )


@dataclass(frozen=True, slots=True)
class Memory:
    """What a turn leaves in its conversation."""

    leased: Leased
    talk: Any
    office: str
    heard_at: int


def lock_held(connection: Connection, held: Sequence[Leased]) -> set[str]:
    """Lock the rows and return the ids whose fence and version are still those leased."""
    expected = {leased.id: (leased.fence, leased.version) for leased in held}
    rows = connection.execute(_LOCK_FENCES, {"ids": list(expected)})
    return {row.id for row in rows if expected[row.id] == (row.fence, row.version)}


def save(connection: Connection, vault: Vault, memories: Sequence[Memory]) -> None:
    """Write what turns leave and give the leases back. Rows must be locked by `lock_held`."""
    rows = [
        {
            "row": memory.leased.id,
            "talk_box": vault.seal("conversations.talk", memory.leased.id, memory.talk),
            "turn": memory.leased.turn + 1,
            "office": memory.office,
            "heard_at": memory.heard_at,
        }
        for memory in memories
    ]
    connection.execute(_SAVE, rows)


def city_of(connection: Connection, conversation_id: str) -> str:
    """Return the slug of the city a conversation is with. Raises when there is none."""
    return str(connection.execute(_CITY, {"row": conversation_id}).scalar_one())


def read_talk(connection: Connection, vault: Vault, conversation_id: str) -> Any:
    """Return the engine's memory as plain JSON, or None before the first turn."""
    row = connection.execute(_TALK, {"row": conversation_id}).one_or_none()
    if row is None or row.talk_box is None:
        return None
    return vault.open("conversations.talk", row.id, row.talk_box)
