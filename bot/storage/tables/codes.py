"""Codes: six digits sent to a handle, to prove that whoever asked for them holds it.

The digits are kept as a keyed hash only. Of several the latest counts, and only until `expires_at`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

codes = Table(
    "codes",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("resident_id", ForeignKey("residents.id"), nullable=False, doc="who asked"),
    Column("target_id", ForeignKey("residents.id"), nullable=False, doc="the handle it went to"),
    Column("code_hash", String(HASH_LENGTH), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("proven_at", BigInteger, doc="when the right digits came back"),
    Column("used_at", BigInteger, doc="when the handles were linked"),
)
Index("ix_codes_resident", codes.c.resident_id, codes.c.created_at)
Index("ix_codes_target", codes.c.target_id, codes.c.created_at)
