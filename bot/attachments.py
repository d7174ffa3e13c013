"""Attachments of a message: noted where the message is stored, fetched by a deed of the outbox."""

from __future__ import annotations

from collections.abc import Sequence

from bot import lanes
from bot.arrivals import Arrival, Batch
from bot.storage import outbox, photos
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob, Ready
from conversations.vocabulary.messages import Media


def add(
    connection: Connection,
    vault: Vault,
    batch: Batch,
    arrival: Arrival,
    items: Sequence[tuple[str, Media]],
    now: int,
) -> list[Ready]:
    """Note the attachments of a message, with their ids, and have them fetched."""
    conversation = batch.conversation(arrival)
    photos.add(connection, vault, conversation, items, now)
    job = NewJob(
        conversation_id=conversation,
        resident_id=batch.people[arrival.message.sender].id,
        kind="do",
        name="fetch_photos",
        provider=arrival.message.provider,
        lane=lanes.LIVE_REPLIES,
        dedupe=f"photos:{arrival.trace_id}",
        job={"photos": [row for row, _ in items]},
        next_attempt_at=now,
        expires_at=now + lanes.DEED_KEEP_S * 1000,
        trace_id=arrival.trace_id,
    )
    return outbox.add(connection, vault, [job], now)
