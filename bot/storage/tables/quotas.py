"""Daily quotas of the providers: how many calls of a day are used."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from bot.storage.metadata import metadata

quotas = Table(
    "quotas",
    metadata,
    Column("provider", String(40), primary_key=True),
    Column("day", String(10), primary_key=True, doc="ISO date, UTC"),
    Column("quota_daily", Integer, nullable=False),
    Column("quota_used", Integer, nullable=False),
)
