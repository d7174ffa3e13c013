"""What can be done with the rows of photos: add, see where to fetch, note what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from bot.storage.crypto import Vault
from bot.storage.tables import photos
from conversations.vocabulary.messages import Media

_READ = (
    select(photos).where(photos.c.id.in_(bindparam("ids", expanding=True))).order_by(photos.c.id)
)
_NOTE = (
    update(photos)
    .where(photos.c.id == bindparam("row"))
    .values(
        state=bindparam("to_state"),
        size=bindparam("bytes"),
        content_type=bindparam("type"),
        source_box=None,
    )
)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo's row. `source` is the provider's URL, None once it was dealt with."""

    id: str
    conversation_id: str
    source: str | None
    content_type: str
    state: str
    created_at: int


def add(
    connection: Connection,
    vault: Vault,
    conversation_id: str,
    media: Sequence[tuple[str, Media]],
    now: int,
) -> None:
    """Add a row for each attachment, given with the id it is to have."""
    rows = []
    for row, item in media:
        rows.append(
            {
                "id": row,
                "conversation_id": conversation_id,
                "source_box": vault.seal("photos.source", row, item.url),
                "content_type": item.content_type[:60],
                "state": "waiting",
                "created_at": now,
            }
        )
    if rows:
        connection.execute(photos.insert(), rows)


def read(connection: Connection, vault: Vault, ids: Sequence[str]) -> list[Photo]:
    """Return the rows of these photos."""
    found = []
    for row in connection.execute(_READ, {"ids": list(ids)}):
        source = None
        if row.source_box is not None:
            source = vault.open("photos.source", row.id, row.source_box)
        rest = (row.content_type, row.state, row.created_at)
        found.append(Photo(row.id, row.conversation_id, source, *rest))
    return found


def note(
    connection: Connection, photo_id: str, state: str, content_type: str, size: int | None = None
) -> None:
    """Write what became of a photo: `kept`, `failed` or `refused`."""
    connection.execute(
        _NOTE, {"row": photo_id, "to_state": state, "type": content_type[:60], "bytes": size}
    )
