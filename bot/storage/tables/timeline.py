"""Timeline: one row per thing that happened to a request, in the order it happened.

`kind` is a word of `bot/storage/timeline.py`; what belongs to it (the city's words, a note) is
sealed.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

timeline = Table(
    "timeline",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("request_id", ForeignKey("service_requests.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", BigInteger, nullable=False, doc="when it happened, not when it was written"),
    Column("data_box", LargeBinary, nullable=False),
)
Index("ix_timeline_request", timeline.c.request_id, timeline.c.at)
Index("ix_timeline_at", timeline.c.at)
