"""Tokens: unguessable words that stand for a person and a request, kept as hashes only.

Purposes: `mail` (part of the address a mail is answered to), `page` (the page to follow a request),
`unsubscribe` (the one click in a mail), `release` (the link that proves a mail was its sender's).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from bot.storage.metadata import HASH_LENGTH, metadata

tokens = Table(
    "tokens",
    metadata,
    Column("token_hash", String(HASH_LENGTH), primary_key=True),
    Column("purpose", String(12), nullable=False),
    Column("resident_id", ForeignKey("residents.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("request_id", ForeignKey("service_requests.id")),
    Column("inbox_id", ForeignKey("inbox.id"), doc="release: the event it lets go"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
