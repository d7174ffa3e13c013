"""Deliveries: one row per attempt, written before the attempt begins."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True, doc="the attempt id"),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, index=True),
    Column("provider", String(40), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("outcome", String(12)),
    Column("error_code", String(40)),
    Column("message_hash", String(HASH_LENGTH), index=True),
    Column("receipt", String(30), doc="the provider's latest word"),
    Column("receipt_rank", Integer, nullable=False, default=0),
    Column("receipt_error", String(20)),
)
