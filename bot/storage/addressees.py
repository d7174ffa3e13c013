"""Whom a member of staff writes to: the resident of a conversation, and why that may not be."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, func, select

from bot.lanes import CONFIRMATIONS
from bot.storage.crypto import SealError, Vault
from bot.storage.residents import SILENCES, why_silent
from bot.storage.tables import conversations, residents, transcript

_c = conversations.c
_READ = (
    select(
        _c.id,
        _c.city,
        _c.channel,
        _c.resident_id,
        _c.provider,
        _c.office,
        _c.turn,
        _c.talk_box,
        residents.c.handle_box,
        *SILENCES,
    )
    .join(residents, residents.c.id == _c.resident_id)
    .where(_c.id == bindparam("which"))
)
_LAST = select(func.max(transcript.c.said_at)).where(
    transcript.c.conversation_id == bindparam("which"), transcript.c.speaker == "resident"
)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A resident in one conversation.

    Attributes:
        conversation_id, resident_id, channel, provider, office, turn: of the conversation.
        handle: how they are reached, or None once that was erased.
        language: ISO 639-1 code in use, or None before the first turn.
        silent: why nothing is sent there (`opted_out`, `unreachable`), or None.
        asked_at: when they last wrote, milliseconds, or None.
    """

    conversation_id: str
    resident_id: str
    channel: str
    provider: str
    office: str
    turn: int
    handle: str | None = field(repr=False)
    language: str | None
    silent: str | None
    asked_at: int | None


def read(connection: Connection, vault: Vault, conversation_id: str) -> Addressee:
    """Return whom a conversation is with. Raises when there is no such conversation."""
    row = connection.execute(_READ, {"which": conversation_id}).one()
    handle = None
    if row.handle_box is not None:
        handle = str(vault.open("residents.handle", row.resident_id, row.handle_box))
    language = None
    if row.talk_box is not None:
        try:
            talk = vault.open("conversations.talk", row.id, row.talk_box)
        except SealError:
            talk = {}
        language = talk.get("language")
    asked_at = connection.execute(_LAST, {"which": conversation_id}).scalar_one()
    return Addressee(
        conversation_id=row.id,
        resident_id=row.resident_id,
        channel=row.channel,
        provider=row.provider,
        office=row.office,
        turn=row.turn,
        handle=handle,
        language=language,
        silent=why_silent(row, CONFIRMATIONS, False),
        asked_at=asked_at,
    )
