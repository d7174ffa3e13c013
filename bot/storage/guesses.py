"""Counting tracking numbers that were not the resident's own, per hour."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.storage.tables import guesses

HOUR_MS = 3_600_000

_insert = insert(guesses)
_COUNT = _insert.on_conflict_do_update(
    index_elements=["resident_id", "hour"], set_={"count": guesses.c.count + 1}
)
_READ = select(guesses.c.count).where(
    guesses.c.resident_id == bindparam("resident"), guesses.c.hour == bindparam("in_hour")
)


def count_guess(connection: Connection, resident_id: str, now: int) -> None:
    """Count one wrong number."""
    connection.execute(_COUNT, {"resident_id": resident_id, "hour": now // HOUR_MS, "count": 1})


def read_guesses(connection: Connection, resident_id: str, now: int) -> int:
    """Return how many wrong numbers this resident tried in this hour."""
    which = {"resident": resident_id, "in_hour": now // HOUR_MS}
    return connection.execute(_READ, which).scalar_one_or_none() or 0
