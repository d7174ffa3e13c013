"""Messages on their way into the database: cleaned, judged, and what storing them gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.consent import Word
from bot.storage import residents
from bot.storage.inbox import NewEvent
from bot.storage.outbox import Ready
from bot.storage.residents import Resident
from conversations.vocabulary.messages import InboundMessage, Media

LONGEST_TEXT = 1600
LONGEST_MAIL = 4000
"""Characters a conversation reads; the whole mail is kept beside it."""

MOST_MEDIA = 10


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message is kept. `new` is False when it was stored before.

    `spooled`: it waits on the disk for the database; its conversation is not yet known.
    """

    new: bool
    conversation_id: str = ""
    spooled: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """A cleaned message on its way into the database; `foreign` when it gets no answer for that."""

    city: str
    message: InboundMessage
    word: Word
    language: str
    trace_id: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A message stored, and who is to be woken, or why nobody is."""

    accepted: Accepted
    wake: bool
    ready: tuple[Ready, ...] = ()
    silence: str | None = None


@dataclass(slots=True)
class Batch:
    """What one transaction knows of its messages: residents (changing as it goes) and rows."""

    people: dict[str, Resident]
    rows: dict[tuple[str, str, str], str]

    def conversation(self, arrival: Arrival) -> str:
        """Return the conversation a message belongs to."""
        person = self.people[arrival.message.sender]
        return self.rows[(arrival.city, arrival.message.channel, person.id)]


def clean(message: InboundMessage) -> InboundMessage:
    """Return the message without what a database or JSON refuses, and within our limits."""
    text = message.text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    media = message.media[:MOST_MEDIA]
    longest = LONGEST_MAIL if message.channel == "email" else LONGEST_TEXT
    return replace(message, text=text[:longest], media=media)


def maybe_photos(items: Sequence[tuple[str, Media]]) -> list[str]:
    """Return the ids of attachments that are not announced as something else than a picture.

    All are fetched and told by their first bytes; but a video must not be thanked for as a photo.
    """
    plain = ("image/", "application/octet-stream")
    return [row for row, media in items if media.content_type.lower().startswith(plain)]


def key_of(message: InboundMessage) -> str:
    """Return what makes a message the same when it comes again."""
    return f"{message.provider}:{message.provider_message_id}"


def event_of(
    batch: Batch, arrival: Arrival, silence: str | None, media: list[str], now: int
) -> NewEvent:
    """Return the inbox row of a message.

    Args:
        batch: what is known of its sender.
        arrival: the message.
        silence: why it gets no answer, or None.
        media: ids of its attachments.
        now: milliseconds.
    """
    message = arrival.message
    sure_at = batch.people[message.sender].sure_at
    away = residents.away_since(message.channel, sure_at, now) if message.proven else None
    return NewEvent(
        conversation_id=batch.conversation(arrival),
        kind="heard",
        dedupe=key_of(message),
        event={
            "text": message.text,
            "photos": media,
            "office": str(message.recipient),
            **({} if message.proven else {"proven": False}),
            **({"about": message.about} if message.about else {}),
            **({"mail": dict(message.mail)} if message.mail else {}),
            **({} if away is None else {"away_since": away}),
        },
        trace_id=arrival.trace_id,
        state="waiting" if silence is None else "silent",
        reason=None if silence is None else str(silence),
    )
