"""The outbox: the truth for everything that must still happen outside.

States: queued, sending (the intent is recorded and somebody holds it), done, unknown (may have
happened; never simply sent again), dead (given up, kept for a person), suppressed (the resident
said stop), replaced (a later reply made it needless). Lanes: 0 stop and help, 1 live replies and
reports, 2 confirmations, 3 notices.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from bot.storage.metadata import ID_LENGTH, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("resident_id", ForeignKey("residents.id"), nullable=False),
    Column("kind", String(10), nullable=False, doc="send or do"),
    Column("name", String(40), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("dedupe", String(80), nullable=False, unique=True, doc="conversation:turn:index"),
    Column("job_box", LargeBinary, nullable=False),
    Column("replaceable", Boolean, nullable=False, doc="held back; a later reply replaces it"),
    Column("allowed_once", Boolean, nullable=False, doc="the one confirmation after a stop"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("attempt_id", String(ID_LENGTH)),
    Column("lease_until", BigInteger),
    Column("next_attempt_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, doc="useless after"),
    Column("error_code", String(40)),
    Column("trace_id", String(32), nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
)
_open = outbox.c.state.in_(("queued", "sending", "unknown"))
Index(
    "ix_outbox_due",
    outbox.c.state,
    outbox.c.next_attempt_at,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index(
    "ix_outbox_open",
    outbox.c.conversation_id,
    outbox.c.id,
    sqlite_where=_open,
    postgresql_where=_open,
)
