"""Timers: reminders a conversation asked for. A newer one of the same kind replaces the older."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from bot.storage.metadata import metadata

timers = Table(
    "timers",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("due_at", BigInteger, nullable=False, index=True),
)
