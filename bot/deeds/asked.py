"""What a deed inside knows of the turn that asked for it, and the outbox row of a filing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot import lanes
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob
from conversations.vocabulary.city import City
from conversations.vocabulary.effects import Say

Inside = Callable[[Connection], list[NewJob]]


def _write_nothing(_language: str, _say: Say) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a deed needs to know of the turn that asked for it.

    Attributes:
        vault: seals and hashes.
        city, channel, conversation_id, resident_id: whose turn it is.
        key: unique per deed.
        trace_id: of the event.
        provider_311: who files in this city.
        now: milliseconds.
        language: ISO 639-1 code of the conversation.
        write: puts what is said to somebody else into words.
        pack: the city.
        senders: channel to the provider that sends there.
    """

    vault: Vault
    city: str
    channel: str
    conversation_id: str
    resident_id: str
    key: str
    trace_id: str
    provider_311: str
    now: int
    language: str = "en"
    write: Callable[[str, Say], str] = _write_nothing
    pack: City | None = None
    senders: Mapping[str, str] = field(default_factory=dict)


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
