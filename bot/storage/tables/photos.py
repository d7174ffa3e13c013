"""Photos that came with a message. The picture itself is a sealed blob outside the database.

States: waiting, kept, failed (could not be fetched), refused (no photo, or too large).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

photos = Table(
    "photos",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("source_box", LargeBinary, doc="where the provider keeps it"),
    Column("content_type", String(60), nullable=False),
    Column("size", Integer),
    Column("state", String(10), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
