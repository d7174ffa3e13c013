"""The audit log: what staff did or tried to do, and why. Append only.

The database itself refuses UPDATE and DELETE (triggers, in the migration that makes the table). No
foreign key: a line stays when what it tells of is erased. On SQLite never alter this table in
batch mode: the copy it makes has no triggers.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(ID_LENGTH), nullable=False, doc="id of staff; empty: nobody we know"),
    Column("action", String(20), nullable=False),
    Column("outcome", String(30), nullable=False, doc="done, lost, or why it was refused"),
    Column("case_id", String(ID_LENGTH), index=True),
    Column("city", String(40)),
    Column("reason_box", LargeBinary),
    Column("detail_box", LargeBinary, nullable=False),
)
