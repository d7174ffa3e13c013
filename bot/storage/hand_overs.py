"""Keeping what a person has to answer."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import hand_overs


def add(
    connection: Connection,
    vault: Vault,
    *,
    conversation_id: str,
    city: str,
    reason: str,
    summary: str,
    now: int,
    request_id: str | None = None,
) -> None:
    """Keep one hand-over, open until a person takes it. `request_id` is what it is about."""
    row = new_id()
    connection.execute(
        hand_overs.insert(),
        {
            "id": row,
            "conversation_id": conversation_id,
            "request_id": request_id,
            "city": city,
            "reason": reason[:40],
            "summary_box": vault.seal("hand_overs.summary", row, summary),
            "state": "open",
            "asked_at": now,
        },
    )
