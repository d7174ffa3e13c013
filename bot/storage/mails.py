"""What can be done with known Message-IDs: note one, and find the thread a mail belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import mails

Direction = Literal["out", "in", "sig", "raw"]
"""Ours; or how one came in: proven, only signed by its sender's domain, proven by nothing."""

MOST_REFERENCES = 50
"""Ids of one mail looked at, the latest ones."""

_m = mails.c
_NOTE = insert(mails).on_conflict_do_nothing()
_FIND = (
    select(_m.conversation_id, _m.request_id, _m.direction)
    .where(_m.message_hash.in_(bindparam("hashes", expanding=True)))
    .order_by(_m.id.desc())
)
_COUNT = select(func.count()).where(
    _m.conversation_id == bindparam("conversation"),
    _m.direction == bindparam("how"),
    _m.at > bindparam("since"),
)
_KNOWN = select(_m.id).where(
    _m.message_hash.in_(bindparam("hashes", expanding=True)),
    _m.conversation_id == bindparam("conversation"),
    _m.direction != "out",
)


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a mail belongs, as far as its references tell; `ours` when it answers a mail of ours.

    It routes and proves nothing: anybody who saw a mail can name its id.
    """

    conversation_id: str
    request_id: str | None
    ours: bool


def note(
    connection: Connection,
    vault: Vault,
    message_id: str,
    *,
    direction: Direction,
    conversation_id: str,
    request_id: str | None,
    now: int,
    blob: str | None = None,
) -> None:
    """Note a Message-ID. A known one stays as it is; a mail without one is noted by its blob."""
    name = message_id or f"blob:{blob}"
    connection.execute(
        _NOTE,
        {
            "id": new_id(),
            "message_hash": vault.index("mail", name),
            "direction": direction,
            "conversation_id": conversation_id,
            "request_id": request_id,
            "blob": blob,
            "at": now,
        },
    )


def find(connection: Connection, vault: Vault, message_ids: Sequence[str]) -> Thread | None:
    """Return the latest thread that one of these Message-IDs belongs to, or None."""
    wanted = [name for name in message_ids if name][-MOST_REFERENCES:]
    hashes = [mark for name in wanted for mark in vault.indexes("mail", name)]
    if not hashes:
        return None
    row = connection.execute(_FIND, {"hashes": hashes}).first()
    return None if row is None else Thread(row.conversation_id, row.request_id, row[2] == "out")


def has_come(connection: Connection, vault: Vault, message_id: str, conversation_id: str) -> bool:
    """Return whether a resident's mail of this id was taken into this conversation before."""
    query = {"hashes": vault.indexes("mail", message_id), "conversation": conversation_id}
    return bool(message_id) and connection.execute(_KNOWN, query).first() is not None


def count_received(
    connection: Connection, conversation_id: str, direction: Direction, since: int
) -> int:
    """Return how many mails of a conversation came in since a moment, of those that came so."""
    query = {"conversation": conversation_id, "how": direction, "since": since}
    return int(connection.execute(_COUNT, query).scalar_one())
