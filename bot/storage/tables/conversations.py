"""Conversations: everything between one resident and one city on one channel.

`version` counts commits, `fence` counts leases: who holds an older fence may not commit.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from bot.storage.metadata import ID_LENGTH, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("city", String(40), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("resident_id", ForeignKey("residents.id"), nullable=False, index=True),
    Column("provider", String(40), nullable=False),
    Column("office", String(120), nullable=False, doc="our handle, the number that was called"),
    Column("talk_box", LargeBinary),
    Column("version", Integer, nullable=False, default=0),
    Column("turn", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0),
    Column("lease_owner", String(60)),
    Column("lease_until", BigInteger),
    Column("opened_at", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    UniqueConstraint("city", "channel", "resident_id"),
)
