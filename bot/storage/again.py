"""Sending the same text once more, later, when its first sending is known not to have arrived."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, exists, select

from bot import lanes
from bot.storage import outbox
from bot.storage.crypto import Vault
from bot.storage.outbox import NewJob
from bot.storage.tables import outbox as rows

MARK = "again:"
"""Begins the dedupe key of a second sending: a third is never made."""

_c = rows.c
_READ = select(rows).where(_c.id == bindparam("row"))
_LATER = select(
    exists().where(
        _c.conversation_id == bindparam("conversation"),
        _c.kind == "send",
        _c.lane == bindparam("of_lane"),
        _c.id > bindparam("row"),
        _c.state.in_(("queued", "sending", "unknown", "done")),
    )
)


def add_again(connection: Connection, vault: Vault, row_id: str, after_s: int, now: int) -> bool:
    """Add a second sending of a row, due after `after_s` seconds; return whether there is one.

    There is none when the text will be useless by then, or when a later one of its kind has
    gone out (a question that was asked anew, a newer status). While it waits, a live reply
    is replaced by the next one.
    """
    row = connection.execute(_READ, {"row": row_id}).one()
    due = now + after_s * 1000
    if row.kind != "send" or row.dedupe.startswith(MARK) or due > row.expires_at:
        return False
    if row.lane != lanes.CONFIRMATIONS and is_overtaken(
        connection, row.conversation_id, row.lane, row_id
    ):
        return False
    job = NewJob(
        conversation_id=row.conversation_id,
        resident_id=row.resident_id,
        kind="send",
        name=row.name,
        provider=row.provider,
        lane=row.lane,
        dedupe=MARK + row_id,
        job=vault.open("outbox.job", row_id, row.job_box),
        next_attempt_at=due,
        expires_at=row.expires_at,
        trace_id=row.trace_id,
        replaceable=row.lane == lanes.LIVE_REPLIES,
    )
    # Queued as of when it is due: a look-up in doubt must not find the first sending instead.
    outbox.add(connection, vault, [job], due)
    return True


def is_overtaken(connection: Connection, conversation_id: str, lane: int, row_id: str) -> bool:
    """Return whether a later text of this lane has gone out, or is about to."""
    later = {"conversation": conversation_id, "of_lane": lane, "row": row_id}
    return bool(connection.execute(_LATER, later).scalar_one())
