"""The pulse: one row that is written to find out whether anything could be."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table

from bot.storage.metadata import metadata

pulse = Table(
    "pulse",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, doc="always 1"),
    Column("beats", BigInteger, nullable=False, doc="counted, so that each beat changes a byte"),
)
