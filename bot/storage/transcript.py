"""What can be done with the transcript: add lines, read them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import transcript

_READ = (
    select(transcript)
    .where(transcript.c.conversation_id == bindparam("conversation"))
    .order_by(transcript.c.id)
)
_LATEST = (
    select(transcript.c.id, transcript.c.line_box)
    .where(
        transcript.c.conversation_id == bindparam("conversation"),
        transcript.c.speaker == "city",
    )
    .order_by(transcript.c.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said. `speaker` is `resident` or `city`; `text` is personal."""

    conversation_id: str
    turn: int
    speaker: str
    text: str
    said_at: int


def add(connection: Connection, vault: Vault, lines: Sequence[Line]) -> None:
    """Add lines in their order."""
    rows = []
    for line in lines:
        row = new_id()
        rows.append(
            {
                "id": row,
                "conversation_id": line.conversation_id,
                "turn": line.turn,
                "speaker": line.speaker,
                "line_box": vault.seal("transcript.line", row, line.text),
                "said_at": line.said_at,
            }
        )
    if rows:
        connection.execute(transcript.insert(), rows)


def latest_of_city(
    connection: Connection, vault: Vault, conversation_id: str, most: int
) -> list[str]:
    """Return the latest texts that we wrote in a conversation, newest first."""
    rows = connection.execute(_LATEST, {"conversation": conversation_id, "most": most})
    return [vault.open("transcript.line", row.id, row.line_box) for row in rows]


def read(connection: Connection, vault: Vault, conversation_id: str) -> list[Line]:
    """Return the whole transcript of a conversation."""
    return [
        Line(
            conversation_id,
            row.turn,
            row.speaker,
            vault.open("transcript.line", row.id, row.line_box),
            row.said_at,
        )
        for row in connection.execute(_READ, {"conversation": conversation_id})
    ]
