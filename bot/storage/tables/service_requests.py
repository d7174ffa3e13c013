"""Service requests: one report each, with its tracking number once the city gave one.

`filing` says how far the sending is: filing, filed, unconfirmed (may be filed; for a person or
the reconciler), refused, handed_off (the resident files it), tracked (filed elsewhere), not_found
(tracked, but the city does not know the number), superseded (unconfirmed, and filed anew).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

service_requests = Table(
    "service_requests",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("reference", String(10), nullable=False, unique=True),
    Column("city", String(40), nullable=False),
    Column("resident_id", ForeignKey("residents.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("type_key", String(60), nullable=False),
    Column("complaint_type", String(120), nullable=False),
    Column("descriptor", String(120), nullable=False),
    Column("agency", String(20), nullable=False),
    Column("report_box", LargeBinary, nullable=False, doc="place, details, name, photos"),
    Column("number", String(60)),
    Column("status", String(30), nullable=False),
    Column("resolution_box", LargeBinary),
    Column("filing", String(20), nullable=False),
    Column("updates", Boolean, nullable=False),
    Column("follows", String(60), doc="number of the request this one follows up"),
    Column("flight_hash", String(HASH_LENGTH), nullable=False, doc="resident, type and place"),
    Column("cell_hash", String(HASH_LENGTH), index=True, doc="city, type and square of 60 m"),
    Column("created_at", BigInteger, nullable=False),
    Column("filed_at", BigInteger, doc="when it left for the city"),
    Column("updated_at", BigInteger, nullable=False),
    Column("polls", Integer, nullable=False, default=0),
    Column("next_poll_at", BigInteger, index=True, doc="empty when nothing is due"),
    Column("misses", Integer, nullable=False, server_default="0", doc="looks in a row: unknown"),
    Column("verdict", String(10), doc="the resident's word on a closing: fixed, not_fixed"),
    Column("rating", Integer, doc="1 (poor) to 5 (great)"),
)
Index(
    "ix_service_requests_resident",
    service_requests.c.resident_id,
    service_requests.c.city,
    service_requests.c.created_at,
)
Index(
    "ix_service_requests_flight",
    service_requests.c.flight_hash,
    service_requests.c.created_at,
)
Index("ix_service_requests_number", service_requests.c.number)
