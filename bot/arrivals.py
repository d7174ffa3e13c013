"""Messages on their way into the database: cleaned, judged, and what storing them gives."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.consent import Word
from bot.storage.outbox import Ready
from bot.storage.residents import Resident
from conversations.vocabulary.messages import InboundMessage

LONGEST_TEXT = 1600
LONGEST_MAIL = 4000
"""Characters a conversation reads; the whole mail is kept beside it."""

MOST_MEDIA = 10


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message is stored. `new` is False when it was stored before."""

    new: bool
    conversation_id: str = ""


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
