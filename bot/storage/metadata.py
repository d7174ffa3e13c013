"""What all tables share: the metadata, the times, and the database's own clock.

Times are whole milliseconds since 1970 in UTC: one form for SQLite and PostgreSQL, no parsing on
the hot path. Due times follow the service's clock; leases follow the database's clock, because
a worker whose own clock is wrong must not take another's work.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, MetaData, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID_LENGTH = 26
HASH_LENGTH = 64
LONGEST_LEASE_MS = 120_000


class database_now(FunctionElement[int]):  # noqa: N801  # reads as an SQL function
    """The database's present time in milliseconds."""

    type = BigInteger()
    inherit_cache = True


@compiles(database_now, "sqlite")
def _sqlite_now(_element: Any, _compiler: Any, **_: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(database_now, "postgresql")
def _postgresql_now(_element: Any, _compiler: Any, **_: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


def is_lapsed(lease_until: ColumnElement[int]) -> ColumnElement[bool]:
    """Return whether a lease has ended, or was given by a clock that has been set back since.

    No lease is longer than `LONGEST_LEASE_MS`: without the second half everything in work at
    the moment when a clock is set back by a day would be held for a day.
    """
    now = database_now()
    return or_(lease_until < now, lease_until > now + LONGEST_LEASE_MS)


def to_ms(moment: datetime) -> int:
    """Return a moment with zone as stored."""
    return round(moment.timestamp() * 1000)


def from_ms(stored: int) -> datetime:
    """Return a stored time as a moment in UTC."""
    return datetime.fromtimestamp(stored / 1000, UTC)
