"""Cases: what staff work on, one per service request and one per handed-over conversation.

States: open, claimed, snoozed (until a time; from then on it counts as open or claimed again),
resolved. `version` counts what staff and residents changed: a press on an older one changes
nothing. `waiting_since` is set while something waits for a person: a resident for an answer, a
filing for a decision.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

cases = Table(
    "cases",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("kind", String(12), nullable=False, doc="request or conversation"),
    Column("request_id", ForeignKey("service_requests.id"), unique=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("hand_over_id", ForeignKey("hand_overs.id"), doc="the latest one, with its reason"),
    Column("city", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("claimed_by", ForeignKey("staff.id"), index=True),
    Column("changed_by", ForeignKey("staff.id"), doc="of the latest version; empty: no staff"),
    Column("version", Integer, nullable=False),
    Column("snoozed_until", BigInteger),
    Column("muted", Boolean, nullable=False),
    Column("waiting_since", BigInteger),
    Column("merged_into", ForeignKey("cases.id")),
    Column("opened_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)
Index(
    "uq_cases_conversation",
    cases.c.conversation_id,
    unique=True,
    sqlite_where=cases.c.kind == "conversation",
    postgresql_where=cases.c.kind == "conversation",
)
Index(
    "ix_cases_waiting",
    cases.c.waiting_since,
    sqlite_where=cases.c.waiting_since.is_not(None),
    postgresql_where=cases.c.waiting_since.is_not(None),
)
Index("ix_cases_city", cases.c.city, cases.c.opened_at)
Index("ix_cases_updated", cases.c.updated_at)

case_streets = Table(
    "case_streets",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("token_hash", String(HASH_LENGTH), primary_key=True, doc="city and one word of a place"),
)
Index("ix_case_streets_token", case_streets.c.token_hash)
