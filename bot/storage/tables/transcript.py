"""The transcript: what was said, line by line, both sides."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

transcript = Table(
    "transcript",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("speaker", String(10), nullable=False, doc="resident or city"),
    Column("line_box", LargeBinary, nullable=False),
    Column("said_at", BigInteger, nullable=False),
)
