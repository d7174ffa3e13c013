"""Mails: which Message-IDs we know, so that an answer finds its thread. Words are kept elsewhere.

A Message-ID never proves anything; it only tells where a mail belongs. `blob` names the sealed copy
of a mail that came in, whole, whatever was read out of it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

mails = Table(
    "mails",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("message_hash", String(HASH_LENGTH), nullable=False, unique=True),
    Column("direction", String(3), nullable=False, doc="out, in, sig or raw: see storage/mails.py"),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("request_id", ForeignKey("service_requests.id")),
    Column("blob", String(40), doc="the whole mail, sealed"),
    Column("at", BigInteger, nullable=False),
)
