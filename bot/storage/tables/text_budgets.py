"""How many texts were to go to a number, or to its neighbours, on a day. Keyed hashes only."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table

from bot.storage.metadata import HASH_LENGTH, metadata

text_budgets = Table(
    "text_budgets",
    metadata,
    Column("day", String(10), primary_key=True, doc="in the city's own time"),
    Column("key_hash", String(HASH_LENGTH), primary_key=True, doc="of the number or its prefix"),
    Column("asked", Integer, nullable=False, doc="texts that were to go, sent or not"),
    Column("told", Boolean, nullable=False, doc="the last words were sent"),
)
