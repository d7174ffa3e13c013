"""Chores: when each scheduled work runs next, and who has it in hand."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from bot.storage.metadata import metadata

chores = Table(
    "chores",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("next_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Column("finished_at", BigInteger),
)
