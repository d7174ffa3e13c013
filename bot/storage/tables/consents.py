"""The consent ledger: who said stop, start or yes to updates, how, and when. Append only."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

consents = Table(
    "consents",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("resident_id", ForeignKey("residents.id"), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("topic", String(20), nullable=False, doc="all or updates"),
    Column("state", String(5), nullable=False, doc="in or out"),
    Column("method", String(30), nullable=False, doc="how it was said"),
    Column("evidence_box", LargeBinary, nullable=False),
    Column("actor", String(20), nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)
