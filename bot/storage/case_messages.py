"""What can be done with the lines of a case: add one, read them with how they left."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import case_messages, outbox

IN, OUT, NOTE = "in", "out", "note"

_c = case_messages.c
_OF_CASE = (
    select(case_messages, outbox.c.state)
    .outerjoin(outbox, outbox.c.id == _c.outbox_id)
    .where(_c.case_id == bindparam("which"))
    .order_by(_c.id)
)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of a case.

    Attributes:
        id: of the line.
        direction: `in`, `out` or `note`.
        author: id of a member of staff, or None: the resident.
        text: what was written; personal.
        at: milliseconds.
        state: of what goes out: its outbox row's (`queued`, `done`, `dead`, ...); else None.
        channel_ref: where staff's channel shows it, or None.
    """

    id: str
    direction: str
    author: str | None
    text: str = field(repr=False)
    at: int
    state: str | None = None
    channel_ref: str | None = None


def add(
    connection: Connection,
    vault: Vault,
    case_id: str,
    direction: str,
    text: str,
    now: int,
    *,
    author: str | None = None,
    outbox_id: str | None = None,
    channel_ref: str | None = None,
) -> str:
    """Add one line and return its id."""
    row = new_id()
    connection.execute(
        case_messages.insert(),
        {
            "id": row,
            "case_id": case_id,
            "direction": direction,
            "author": author,
            "text_box": vault.seal("case_messages.text", row, text),
            "outbox_id": outbox_id,
            "channel_ref": channel_ref,
            "at": now,
        },
    )
    return row


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[CaseLine]:
    """Return the lines of a case, oldest first."""
    return [
        CaseLine(
            row.id,
            row.direction,
            row.author,
            vault.open("case_messages.text", row.id, row.text_box),
            row.at,
            row.state,
            row.channel_ref,
        )
        for row in connection.execute(_OF_CASE, {"which": case_id})
    ]
