"""Writing to a resident in a person's own words: framed, at most two texts long, once.

The words go out as they were written, or not at all: what is too long is refused with how much
would fit. An answer to somebody who wrote within the last day may come at any hour; everything else
keeps the quiet hours.
"""

from __future__ import annotations

from typing import Any

from bot import lanes
from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.quiet import loud_from
from bot.storage import case_messages, outbox, tokens, transcript
from bot.storage.addressees import Addressee
from bot.storage.cases import Kind
from bot.storage.metadata import from_ms, to_ms
from bot.storage.outbox import NewJob
from bot.storage.tokens import Purpose
from bot.storage.transcript import Line
from conversations.reading.segments import count_segments
from conversations.wording.catalogue import MAX_SEGMENTS
from conversations.wording.cleaning import clean, lighten

DAY_MS = 24 * 3_600_000
LONGEST_MAIL = 4000


def write(press: Press, *, asks: bool = False) -> Done | Refused:
    """Send what the actor wrote (`given["text"]`) to the resident of the case.

    The resident's next messages come to the case when they asked for a person, or are asked
    something; after a mere word about a report they go on talking with the bot.

    Args:
        press: the press; it takes the case in hand.
        asks: True when an answer is wanted.

    Returns:
        `Done`, with the note `told_later` when it waits for the morning.
    """
    words = clean(str(press.given.get("text") or "")).strip()
    if not words:
        return Refused("needs_text")
    to = press.addressee()
    if to.silent is not None:
        return Refused(to.silent)
    frame = _frame(press, to)
    text = _fit(f"{frame} {words}", to.channel)
    if text is None:
        return Refused("too_long", {"limit": _room_for(frame, words, to.channel)})
    due_at = when_to_tell(press, to)
    row = _queue(press, to, text, due_at)
    press.write_down(case_messages.OUT, words, row)
    version = press.take(waiting_since=None)
    only_tells = not asks and press.case.kind is Kind.REQUEST
    press.tell("person_wrote", {"only_tells": True} if only_tells else {})
    return Done(version, ("told_later",) if due_at > press.now else ())


def when_to_tell(press: Press, to: Addressee) -> int:
    """Return when a resident may be told, milliseconds: now, or after the quiet hours."""
    if to.asked_at is not None and press.now - to.asked_at < DAY_MS:
        return press.now
    return to_ms(loud_from(press.city, from_ms(press.now)))


def _frame(press: Press, to: Addressee) -> str:
    """Return who writes, in the resident's language: a first name where the city wants it so."""
    language = to.language or press.city.languages[0]
    name = press.actor.first_name if press.city.names_staff else ""
    key = "person.writes_named" if name else "person.writes"
    return press.parts.catalogue.phrase(language, key, {"name": name})


def _fit(text: str, channel: str) -> str | None:
    """Return the text as it can be sent whole, or None when it is too long."""
    if channel == "email":
        return text if len(text) <= LONGEST_MAIL else None
    for version in (text, lighten(text)):
        if count_segments(version).segments <= MAX_SEGMENTS:
            return version
    return None


def _room_for(frame: str, words: str, channel: str) -> int:
    """Return how many characters of these words would fit."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if _fit(f"{frame} {words[:middle]}", channel) is None:
            high = middle - 1
        else:
            low = middle
    return low


def _queue(press: Press, to: Addressee, text: str, due_at: int) -> str:
    """Add the outbox row and the line of the transcript; return the row's id."""
    vault, case = press.parts.vault, press.case
    lane = lanes.CONFIRMATIONS
    job: dict[str, Any] = {
        "channel": to.channel,
        "sender": to.office,
        "recipient": to.handle,
        "text": text,
    }
    if to.channel == "email":
        job["mail"] = _mail(press, to)
    new = NewJob(
        conversation_id=to.conversation_id,
        resident_id=to.resident_id,
        kind="send",
        name="person.writes",
        provider=to.provider,
        lane=lane,
        dedupe=f"case:{case.id}:{case.version}:say",
        job=job,
        next_attempt_at=due_at,
        expires_at=lanes.expires_at(lane, due_at),
        trace_id=case.request_id or case.id,
    )
    press.ready += outbox.add(press.connection, vault, [new], press.now)
    said = Line(to.conversation_id, to.turn, "city", text, press.now)
    transcript.add(press.connection, vault, [said])
    return outbox.find(press.connection, new.dedupe)


def _mail(press: Press, to: Addressee) -> dict[str, Any]:
    """Return what a mail carries besides its text (see `bot/mail/answers.py`)."""
    vault, request_id = press.parts.vault, press.case.request_id

    def word(purpose: Purpose, about: str | None = None) -> str:
        made = tokens.make(
            vault,
            purpose,
            resident_id=to.resident_id,
            conversation_id=to.conversation_id,
            now=press.now,
            request_id=about,
        )
        tokens.keep(press.connection, vault, [made], press.now)
        return made.word

    mail: dict[str, Any] = {
        "language": to.language or press.city.languages[0],
        "notice": False,
        "request_id": request_id,
        "reply_word": word("mail", request_id),
        "stop_word": word("unsubscribe"),
    }
    if request_id:
        mail["page_word"] = word("page", request_id)
    return mail
