"""What can be done with timers: set, and turn the due ones into events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.storage import inbox
from bot.storage.crypto import Vault
from bot.storage.tables import timers

_insert = insert(timers)
_SET = _insert.on_conflict_do_update(
    index_elements=["conversation_id", "kind"], set_={"due_at": _insert.excluded.due_at}
)
_DUE = (
    select(timers)
    .where(timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLEAR = delete(timers).where(
    and_(
        timers.c.conversation_id == bindparam("conversation"),
        timers.c.kind == bindparam("of_kind"),
    )
)


def set_timers(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Set timers; rows hold `conversation_id`, `kind`, `due_at`. A newer one replaces an older."""
    if rows:
        connection.execute(_SET, list(rows))


def fire_due(connection: Connection, vault: Vault, now: int, most: int) -> list[str]:
    """Turn due timers into `elapsed` events and return the conversations to wake."""
    rows = connection.execute(_DUE, {"now": now, "most": most}).all()
    if not rows:
        return []
    connection.execute(
        _CLEAR, [{"conversation": row.conversation_id, "of_kind": row.kind} for row in rows]
    )
    events = [
        inbox.NewEvent(
            conversation_id=row.conversation_id,
            kind="elapsed",
            dedupe=f"timer:{row.conversation_id}:{row.kind}:{row.due_at}",
            event={"kind": row.kind},
            trace_id=row.conversation_id,
        )
        for row in rows
    ]
    inbox.add(connection, vault, events, now)
    return [row.conversation_id for row in rows]
