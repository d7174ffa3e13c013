"""Dead letters: what was given up, kept for a person. `dlq:<provider>` indexes it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, unique=True),
    Column("provider", String(40), nullable=False, index=True),
    Column("error_code", String(40), nullable=False),
    Column("trace_id", String(32), nullable=False),
    Column("buried_at", BigInteger, nullable=False),
    Column("replayed_at", BigInteger),
    Column("discarded_at", BigInteger),
)
