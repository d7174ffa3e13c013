"""Case messages: what staff and a resident wrote to each other in a case, and staff's own notes.

Directions: `in` (the resident), `out` (staff, to the resident), `note` (staff, among themselves).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

case_messages = Table(
    "case_messages",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("direction", String(4), nullable=False),
    Column("author", ForeignKey("staff.id"), doc="empty: the resident"),
    Column("text_box", LargeBinary, nullable=False),
    Column("outbox_id", ForeignKey("outbox.id"), doc="how it leaves; of `out` only"),
    Column("channel_ref", String(120), doc="where staff's channel shows it"),
    Column("at", BigInteger, nullable=False),
)
