"""Residents: one row per handle. The stop list is here and survives erasure as a hash only.

A handle identifies a mailbox, not a person. Handles that somebody has proven to be theirs (a code
sent to the other) share a `person_id`; without one a handle stands alone. What was known before
`known_since` belongs to whoever had the handle earlier.

Beside it stands which handles nothing arrives at: until they write again, nothing is sent there.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

residents = Table(
    "residents",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("handle_hash", String(HASH_LENGTH), nullable=False, unique=True),
    Column("handle_box", LargeBinary),
    Column("opted_out_at", BigInteger),
    Column("notices_off_at", BigInteger, doc="no notices; direct answers still"),
    Column("person_id", String(ID_LENGTH), index=True),
    Column("preferred_at", BigInteger, doc="of a person's handles the latest gets the notices"),
    Column("known_since", BigInteger),
    Column("heard_at", BigInteger, doc="when something last came from this handle"),
    Column("unreachable_at", BigInteger, doc="nothing arrives at this handle since"),
    Column("unreachable_reason", String(40), doc="the provider's code, or our word"),
    Column("doubts", Integer, nullable=False, server_default="0", doc="in a row; two are enough"),
    Column("created_at", BigInteger, nullable=False),
)
