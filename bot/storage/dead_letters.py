"""What can be done with dead letters: bury a row of the outbox, list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.storage.attempts import Claim
from bot.storage.ids import new_id
from bot.storage.tables import dead_letters

_BURY = insert(dead_letters).on_conflict_do_nothing(index_elements=["outbox_id"])
_LIST = select(dead_letters).where(dead_letters.c.provider == bindparam("of_provider"))


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One row given up, as the Redis index and staff see it: nothing personal."""

    outbox_id: str
    provider: str
    error_code: str
    trace_id: str


def bury(connection: Connection, dead: Sequence[tuple[Claim, str]], now: int) -> list[DeadLetter]:
    """Keep rows that were given up, each with its error code; a row is kept once."""
    letters = [DeadLetter(c.id, c.provider, code, c.trace_id) for c, code in dead]
    rows = [
        {
            "id": new_id(),
            "outbox_id": letter.outbox_id,
            "provider": letter.provider,
            "error_code": letter.error_code,
            "trace_id": letter.trace_id,
            "buried_at": now,
        }
        for letter in letters
    ]
    if rows:
        connection.execute(_BURY, rows)
    return letters


def list_of(connection: Connection, provider: str) -> list[DeadLetter]:
    """Return the dead letters of a provider."""
    rows = connection.execute(_LIST, {"of_provider": provider})
    return [DeadLetter(row.outbox_id, row.provider, row.error_code, row.trace_id) for row in rows]
