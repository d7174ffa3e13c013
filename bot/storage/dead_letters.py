"""What can be done with dead letters: bury a row of the outbox, list, replay and discard them.

A replay is the same row of the outbox once more, with a new attempt: a second replay finds it no
longer dead, so doing it twice does it once. Everything that holds for a send holds again when the
row is claimed: stop list, expiry, order, quota.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.attempts import Claim
from bot.storage.ids import new_id
from bot.storage.outbox import Ready
from bot.storage.tables import dead_letters, outbox, residents

_d, _o = dead_letters.c, outbox.c
_NEW = insert(dead_letters)
_BURY = _NEW.on_conflict_do_update(
    index_elements=["outbox_id"],
    set_={"error_code": _NEW.excluded.error_code, "buried_at": _NEW.excluded.buried_at},
)
_LETTERS = (
    select(
        dead_letters,
        *(_o[name] for name in ("kind", "name", "lane", "state", "attempts", "job_box")),
        *(_o[name] for name in ("conversation_id", "resident_id", "queued_at", "expires_at")),
        _o.allowed_once,
        residents.c.opted_out_at,
        residents.c.unreachable_at,
        residents.c.notices_off_at,
    )
    .join(outbox, _o.id == _d.outbox_id)
    .join(residents, residents.c.id == _o.resident_id)
)
_OPEN = (
    _LETTERS.where(_o.state == "dead", _d.discarded_at.is_(None))
    .order_by(_d.buried_at, _d.id)
    .limit(bindparam("most"))
)
_OPEN_OF = _OPEN.where(_d.provider == bindparam("of_provider"))
_ONE = _LETTERS.where(_d.outbox_id == bindparam("row"))
_COUNT = (
    select(_d.provider, func.count())
    .join(outbox, _o.id == _d.outbox_id)
    .where(_o.state == "dead", _d.discarded_at.is_(None))
    .group_by(_d.provider)
)
_WAITING = _OPEN.where(
    _d.replayed_at.is_(None),
    _d.buried_at <= bindparam("before"),
    _o.expires_at > bindparam("now"),
    _o.kind == "send",
    _d.error_code.in_(bindparam("codes", expanding=True)),
)
_REVIVE = (
    update(outbox)
    .where(_o.id == bindparam("row"), _o.state == "dead")
    .values(state="queued", error_code=None, done_at=None, next_attempt_at=bindparam("at"))
)
_NOTE_REPLAY = (
    update(dead_letters)
    .where(_d.outbox_id == bindparam("row"), _d.discarded_at.is_(None))
    .values(replayed_at=bindparam("at"))
    .returning(_d.id)
)
_DISCARD = (
    update(dead_letters)
    .where(_d.outbox_id == bindparam("row"), _d.discarded_at.is_(None))
    .values(discarded_at=bindparam("at"))
    .returning(_d.id)
)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One row given up, as the Redis index and staff see it: nothing personal."""

    outbox_id: str
    provider: str
    error_code: str
    trace_id: str


def bury(connection: Connection, dead: Sequence[tuple[Claim, str]], now: int) -> list[DeadLetter]:
    """Keep rows that were given up, each with its error code.

    A row is kept once; one that was replayed and given up again has its last error.
    """
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


def list_open(connection: Connection, provider: str = "", most: int = 1000) -> list[Any]:
    """Return the letters nobody has settled, oldest first, as rows with their outbox row's.

    Args:
        connection: to read with.
        provider: only its letters; all when empty.
        most: so many at most.
    """
    query = _OPEN_OF if provider else _OPEN
    which = {"of_provider": provider} if provider else {}
    return list(connection.execute(query, {**which, "most": most}))


def list_waiting(
    connection: Connection, codes: Sequence[str], before: int, now: int, most: int
) -> list[Any]:
    """Return sends buried before a time with one of these codes, and never replayed."""
    which = {"codes": list(codes), "before": before, "now": now, "most": most}
    return list(connection.execute(_WAITING, which))


def count_open(connection: Connection) -> dict[str, int]:
    """Return provider to how many of its letters nobody has settled."""
    return {row[0]: row[1] for row in connection.execute(_COUNT)}


def find(connection: Connection, outbox_id: str) -> Any | None:
    """Return one letter, with its outbox row's columns; None when there is none."""
    return connection.execute(_ONE, {"row": outbox_id}).one_or_none()


def revive(connection: Connection, letter: Any, now: int) -> Ready | None:
    """Put a dead row in the queue again; None when somebody else was first."""
    if connection.execute(_REVIVE, {"row": letter.outbox_id, "at": now}).rowcount == 0:
        return None
    connection.execute(_NOTE_REPLAY, {"row": letter.outbox_id, "at": now})
    return Ready(letter.outbox_id, letter.conversation_id, letter.kind, letter.lane)


def discard(connection: Connection, outbox_id: str, now: int) -> bool:
    """Settle a letter without doing anything more; False when that was done before."""
    gone = connection.execute(_DISCARD, {"row": outbox_id, "at": now})
    return gone.first() is not None
