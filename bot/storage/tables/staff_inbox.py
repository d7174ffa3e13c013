"""The staff inbox: what staff did in Slack, kept before it is acknowledged, done once after it.

`dedupe_hash` is kept, so that what Slack brings again is known; `event_box` is emptied once it is
done. States: opening (a modal is being opened in the web process), waiting, taken (under a lease),
done, failed (kept for a person).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

staff_inbox = Table(
    "staff_inbox",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("dedupe_hash", String(HASH_LENGTH), nullable=False, unique=True),
    Column("lane_hash", String(HASH_LENGTH), nullable=False, doc="served in order: thread, person"),
    Column("event_box", LargeBinary),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_until", BigInteger),
    Column("trace_id", String(32), nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
)
_open = staff_inbox.c.state.in_(("opening", "waiting", "taken"))
Index(
    "ix_staff_inbox_open",
    staff_inbox.c.lane_hash,
    staff_inbox.c.id,
    sqlite_where=_open,
    postgresql_where=_open,
)
