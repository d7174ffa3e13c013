"""What providers report later about a message: receipts only move a delivery forward."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select, update

from bot.storage import timeline
from bot.storage.crypto import Vault
from bot.storage.tables import deliveries, outbox
from conversations.vocabulary.messages import Receipt

RANKS = {
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "partially_delivered": 5,
    "delivered": 6,
    "undelivered": 6,
    "failed": 6,
    "canceled": 6,
    "read": 7,
    # A mail provider's words (contracts: messaging, section 3.4).
    "processed": 2,
    "deferred": 3,
    "bounce": 6,
    "blocked": 6,
    "dropped": 6,
    "unsubscribe": 8,
    "group_unsubscribe": 8,
    "spamreport": 9,
}
"""Forward only; receipts are unordered and may repeat (contracts: messaging, section 1.6)."""

_FIND = select(deliveries.c.id, deliveries.c.outbox_id, deliveries.c.receipt_rank).where(
    or_(
        deliveries.c.message_hash.in_(bindparam("hashes", expanding=True)),
        deliveries.c.id == bindparam("intent"),
    )
)
_MOVE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"), deliveries.c.receipt_rank < bindparam("rank"))
    .values(
        receipt=bindparam("word"),
        receipt_rank=bindparam("rank"),
        receipt_error=bindparam("error"),
        message_hash=bindparam("message"),
    )
)
_PROVEN = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.attempt_id == bindparam("attempt"),
        outbox.c.state == "unknown",
    )
    .values(state="done", done_at=bindparam("at"))
    .returning(outbox.c.trace_id, outbox.c.name)
)
_RESIDENT = select(outbox.c.resident_id).where(outbox.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True)
class Moved:
    """What a receipt did: False for an unknown message, a repeat, or an older word."""

    new: bool
    resident_id: str | None = None
    outbox_id: str = ""


def note_receipt(connection: Connection, vault: Vault, receipt: Receipt, now: int) -> Moved:
    """Move the delivery a receipt speaks of forward; any receipt proves an unknown send."""
    found = connection.execute(
        _FIND,
        {
            "hashes": list(vault.indexes("message", receipt.provider_message_id)),
            "intent": receipt.intent,
        },
    ).first()
    if found is None:
        return Moved(False)
    proven = {"row": found.outbox_id, "attempt": found.id, "at": now}
    texts = [(row.trace_id, row.name) for row in connection.execute(_PROVEN, proven)]
    timeline.add_told(connection, vault, texts, now)
    done = connection.execute(
        _MOVE,
        {
            "row": found.id,
            "rank": RANKS.get(receipt.status, 0),
            "word": receipt.status[:30],
            "error": (receipt.error_code or "")[:20] or None,
            "message": vault.index("message", receipt.provider_message_id),
        },
    )
    resident = connection.execute(_RESIDENT, {"row": found.outbox_id}).scalar_one()
    return Moved(done.rowcount > 0, resident, found.outbox_id)
