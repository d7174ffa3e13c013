"""The inbox: events that wait for a conversation's turn, and the ids of all that ever came.

`dedupe_hash` is kept for ever, so a message delivered again after a month is still the same one;
`event_box` is emptied once the event is handled, the words are then in the transcript.
States: waiting, done, silent (kept, not answered), failed (kept for a person), held (a mail that
nothing proves, until its sender presses the link we sent). A notice waits for `due_at`: no quiet
hour is broken for it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from bot.storage.metadata import HASH_LENGTH, ID_LENGTH, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("dedupe_hash", String(HASH_LENGTH), nullable=False, unique=True),
    Column("event_box", LargeBinary),
    Column("state", String(10), nullable=False),
    Column("reason", String(30), doc="why it is silent or failed"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("turn", Integer),
    Column("trace_id", String(32), nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, doc="not to be taken before"),
)
Index(
    "ix_inbox_waiting",
    inbox.c.conversation_id,
    inbox.c.id,
    sqlite_where=inbox.c.state == "waiting",
    postgresql_where=inbox.c.state == "waiting",
)
