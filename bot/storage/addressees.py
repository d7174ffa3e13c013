"""Whom a member of staff writes to: the resident of a conversation, and why that may not be."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, func, select

from bot.lanes import CONFIRMATIONS
from bot.storage import hand_overs
from bot.storage.cases import Case, Kind
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
        residents.c.known_since,
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
        silent: why nothing is sent there (`erased`, `moved`: the handle is somebody else's now,
            `opted_out`, `unreachable`), or None.
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


def of_case(connection: Connection, vault: Vault, case: Case) -> Addressee:
    """Return who a case is with. Raises when its conversation is gone.

    What is older than the present holder of the handle is none of their business.
    """
    row = connection.execute(_READ, {"which": case.conversation_id}).one()
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
    asked_at = connection.execute(_LAST, {"which": case.conversation_id}).scalar_one()
    silent = why_silent(row, CONFIRMATIONS, False)
    if handle is None:
        silent = "erased"
    elif _began(connection, vault, case) < (row.known_since or 0):
        silent = "moved"
    return Addressee(
        conversation_id=row.id,
        resident_id=row.resident_id,
        channel=row.channel,
        provider=row.provider,
        office=row.office,
        turn=row.turn,
        handle=handle,
        language=language,
        silent=silent,
        asked_at=asked_at,
    )


def _began(connection: Connection, vault: Vault, case: Case) -> int:
    """Return when somebody began what a case is about, milliseconds."""
    if case.kind is Kind.REQUEST or case.hand_over_id is None:
        return case.opened_at
    called = hand_overs.read(connection, vault, case.hand_over_id)
    return case.opened_at if called is None else called.asked_at
