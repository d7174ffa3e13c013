"""Staff: people of a city who may see and do something with cases, one row per handle."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("handle_hash", String(HASH_LENGTH), nullable=False, unique=True),
    Column("handle_box", LargeBinary, nullable=False),
    Column("name_box", LargeBinary, nullable=False, doc="as colleagues know them"),
    Column("role", String(10), nullable=False, doc="staff or admin"),
    Column("city", String(40), nullable=False, doc="slug, or * for every city"),
    Column("active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
