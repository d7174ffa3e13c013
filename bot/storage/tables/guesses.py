"""How many tracking numbers that are not theirs a resident tried in an hour."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table

from bot.storage.metadata import metadata

guesses = Table(
    "guesses",
    metadata,
    Column("resident_id", ForeignKey("residents.id"), primary_key=True),
    Column("hour", BigInteger, primary_key=True),
    Column("count", Integer, nullable=False),
)
