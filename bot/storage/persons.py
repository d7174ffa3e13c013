"""What can be done with persons: handles that somebody has proven to be theirs, taken together.

A handle stands alone until it is linked. Linked handles share a `person_id`; of those the one
chosen last gets the notices. Whatever came before `known_since` belonged to whoever had the handle
earlier, and is nobody's business now.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, or_, select, update

from bot.storage import residents as store
from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import conversations, residents
from conversations.vocabulary.handles import Handle

_r = residents.c
_person_of = select(_r.person_id).where(_r.id == bindparam("resident")).scalar_subquery()
_SAME = select(_r.id).where(or_(_r.id == bindparam("resident"), _r.person_id == _person_of))
_OF_CONVERSATION = select(conversations.c.resident_id).where(
    conversations.c.id == bindparam("conversation")
)
_CONVERSATION_OF = (
    select(conversations.c.id)
    .where(
        conversations.c.resident_id == bindparam("resident"),
        conversations.c.channel == bindparam("on_channel"),
    )
    .order_by(conversations.c.heard_at.desc())
)
_PREFERRED = (
    select(conversations.c.id)
    .join(residents, _r.id == conversations.c.resident_id)
    .where(
        conversations.c.resident_id.in_(bindparam("ids", expanding=True)),
        conversations.c.city == bindparam("in_city"),
        _r.preferred_at.is_not(None),
    )
    .order_by(_r.preferred_at.desc(), conversations.c.heard_at.desc())
)
_CHANNELS = (
    select(conversations.c.channel, conversations.c.resident_id)
    .where(
        conversations.c.resident_id.in_(bindparam("ids", expanding=True)),
        conversations.c.city == bindparam("in_city"),
    )
    .order_by(conversations.c.heard_at)
)
_PREFER = update(residents).where(_r.id == bindparam("row")).values(preferred_at=bindparam("at"))
_JOIN = (
    update(residents)
    .where(_r.id.in_(bindparam("ids", expanding=True)))
    .values(person_id=bindparam("person"))
)
_LEAVE = (
    update(residents)
    .where(_r.id == bindparam("row"))
    .values(person_id=None, preferred_at=None, known_since=bindparam("at"))
)
_SINCE = select(func.coalesce(_r.known_since, 0)).where(_r.id == bindparam("resident"))


def handles_of(connection: Connection, resident_id: str) -> set[str]:
    """Return the ids of all rows of this resident's person, this one included."""
    return set(connection.execute(_SAME, {"resident": resident_id}).scalars())


def is_same(connection: Connection, vault: Vault, resident_id: str, handle: str) -> bool:
    """Return whether a handle is this resident's, or one of the same person's."""
    found = store.find(connection, vault, Handle(handle))
    return found is not None and found.id in handles_of(connection, resident_id)


def of_conversation(connection: Connection, conversation_id: str) -> str:
    """Return the resident of a conversation, or an empty text."""
    found = connection.execute(_OF_CONVERSATION, {"conversation": conversation_id})
    return found.scalar_one_or_none() or ""


def conversation_of(connection: Connection, vault: Vault, handle: str, channel: str) -> str | None:
    """Return the latest conversation that a handle has on a channel, or None."""
    found = store.find(connection, vault, Handle(handle))
    if found is None:
        return None
    query = {"resident": found.id, "on_channel": channel}
    return connection.execute(_CONVERSATION_OF, query).scalars().first()


def preferred_conversation(connection: Connection, resident_id: str, city: str) -> str | None:
    """Return where this person wants to hear of news, or None when they never chose."""
    ids = sorted(handles_of(connection, resident_id))
    return connection.execute(_PREFERRED, {"ids": ids, "in_city": city}).scalars().first()


def channels_of(connection: Connection, resident_id: str, city: str) -> dict[str, str]:
    """Return each channel on which this person talks with a city, with the latest handle there."""
    ids = sorted(handles_of(connection, resident_id))
    rows = connection.execute(_CHANNELS, {"ids": ids, "in_city": city})
    return {row.channel: row.resident_id for row in rows}


def prefer(connection: Connection, resident_id: str, now: int) -> None:
    """Note that news are wanted at this handle from now on."""
    connection.execute(_PREFER, {"row": resident_id, "at": now})


def link(connection: Connection, resident_ids: Collection[str]) -> None:
    """Take handles, and whoever they were linked with before, together as one person."""
    everyone: set[str] = set()
    for resident_id in resident_ids:
        everyone |= handles_of(connection, resident_id)
    connection.execute(_JOIN, {"ids": sorted(everyone), "person": new_id()})


def unlink(connection: Connection, resident_id: str, now: int) -> None:
    """Let a handle stand alone again; what was known of it before is not its holder's."""
    connection.execute(_LEAVE, {"row": resident_id, "at": now})


def known_since(connection: Connection, resident_id: str) -> int:
    """Return from when on what is kept under this handle is its holder's, milliseconds."""
    return int(connection.execute(_SINCE, {"resident": resident_id}).scalar_one_or_none() or 0)
