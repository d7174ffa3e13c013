"""Which chore runs next, and that only one process has it in hand."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, or_, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.metadata import database_now
from bot.storage.tables import chores

DAY_MS = 86_400_000
"""No chore waits or works that long: a later time is of a clock that was set back since."""

_c = chores.c
_OPEN = insert(chores).on_conflict_do_nothing()
_TAKE = (
    update(chores)
    .where(
        _c.name == bindparam("which"),
        or_(_c.next_at <= bindparam("now"), _c.next_at > bindparam("now") + DAY_MS),
        or_(
            _c.lease_until.is_(None),
            _c.lease_until < database_now(),
            _c.lease_until > database_now() + DAY_MS,
        ),
    )
    .values(lease_until=database_now() + bindparam("lease_ms"))
    .returning(_c.name)
)
_FINISH = (
    update(chores)
    .where(_c.name == bindparam("which"))
    .values(lease_until=None, finished_at=bindparam("now"), next_at=bindparam("next"))
)


def take(connection: Connection, name: str, now: int, lease_ms: int) -> bool:
    """Return whether the chore is due and now in this process's hand for `lease_ms`."""
    which = {"which": name, "now": now, "lease_ms": lease_ms}
    if connection.execute(_TAKE, which).first() is not None:
        return True
    connection.execute(_OPEN, {"name": name, "next_at": 0})
    return connection.execute(_TAKE, which).first() is not None


def finish(connection: Connection, name: str, now: int, next_at: int) -> None:
    """Note that a chore ran and when it runs again."""
    connection.execute(_FINISH, {"which": name, "now": now, "next": next_at})
