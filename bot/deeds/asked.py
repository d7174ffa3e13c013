"""What a deed inside knows of the turn that asked for it, and the outbox row of a filing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import lanes
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob

Inside = Callable[[Connection], list[NewJob]]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a deed needs to know of the turn that asked for it. `key` is unique per deed."""

    vault: Vault
    city: str
    channel: str
    conversation_id: str
    resident_id: str
    key: str
    trace_id: str
    provider_311: str
    now: int


Deed = Callable[[Connection, Turn, Mapping[str, Any]], list[NewJob]]


def file_later(turn: Turn, request_id: str) -> NewJob:
    """Return the outbox row that files a request with the city."""
    return NewJob(
        conversation_id=turn.conversation_id,
        resident_id=turn.resident_id,
        kind="do",
        name="submit",
        provider=turn.provider_311,
        lane=lanes.LIVE_REPLIES,
        dedupe=turn.key,
        job={"request_id": request_id},
        next_attempt_at=turn.now,
        expires_at=turn.now + lanes.DEED_KEEP_S * 1000,
        trace_id=turn.trace_id,
    )
