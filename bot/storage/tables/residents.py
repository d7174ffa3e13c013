"""Residents: one row per handle. The stop list is here and survives erasure as a hash only."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

residents = Table(
    "residents",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("handle_hash", String(HASH_LENGTH), nullable=False, unique=True),
    Column("handle_box", LargeBinary),
    Column("opted_out_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
)
