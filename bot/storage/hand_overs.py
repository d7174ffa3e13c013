"""Keeping what a person has to answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select, update

from bot.storage import cases
from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import hand_overs

_READ = select(hand_overs).where(hand_overs.c.id == bindparam("which"))
_OPEN_ONES = update(hand_overs).where(hand_overs.c.state == "open").values(state="closed")
_CLOSE_REQUEST = _OPEN_ONES.where(hand_overs.c.request_id == bindparam("which"))
_CLOSE_CONVERSATION = _OPEN_ONES.where(
    hand_overs.c.conversation_id == bindparam("which"), hand_overs.c.request_id.is_(None)
)


@dataclass(frozen=True, slots=True)
class HandOver:
    """Why a person was called in, what about (personal), and when, milliseconds."""

    reason: str
    summary: str = field(repr=False)
    asked_at: int


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
    """Keep one hand-over and open its case. `request_id` is the request it is about, if any."""
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
    cases.open_for_hand_over(
        connection,
        hand_over_id=row,
        conversation_id=conversation_id,
        request_id=request_id,
        city=city,
        now=now,
    )


def read(connection: Connection, vault: Vault, hand_over_id: str) -> HandOver | None:
    """Return one hand-over."""
    row = connection.execute(_READ, {"which": hand_over_id}).one_or_none()
    if row is None:
        return None
    summary = vault.open("hand_overs.summary", row.id, row.summary_box)
    return HandOver(row.reason, summary, row.asked_at)


def close(connection: Connection, conversation_id: str, request_id: str | None) -> None:
    """Close the hand-overs of a request, or of a conversation that are about none: a person has
    seen to them.
    """
    if request_id is not None:
        connection.execute(_CLOSE_REQUEST, {"which": request_id})
    else:
        connection.execute(_CLOSE_CONVERSATION, {"which": conversation_id})
