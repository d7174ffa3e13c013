"""Conversations that asked for a person, kept until somebody takes them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

hand_overs = Table(
    "hand_overs",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("request_id", ForeignKey("service_requests.id"), index=True, doc="what it is about"),
    Column("city", String(40), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("summary_box", LargeBinary, nullable=False),
    Column("state", String(10), nullable=False, doc="open or closed"),
    Column("asked_at", BigInteger, nullable=False, index=True),
)
