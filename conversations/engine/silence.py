"""Every case in which CityHelper does not answer, in one place.

The engine decides LOOP, ECHO and REACTION. The others are decided by the shell before a turn and
are listed so that nobody has to look for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from conversations.engine.given import Given
from conversations.engine.script import digest
from conversations.engine.talk import Repeats, Talk
from conversations.reading.text import fold
from conversations.vocabulary.effects import Say
from conversations.vocabulary.events import Heard
from conversations.vocabulary.handles import Handle, address, scheme
from conversations.wording.fitting import compose

MAX_REPEATS = 4  # the fifth same text in a row gets no answer
_REPEATS_WITHIN = timedelta(hours=1)
_REMEMBERED = 6
# What phones send when somebody presses a heart on a message of ours.
_REACTION = re.compile(
    r"^(liked|loved|disliked|laughed at|emphasized|questioned|reacted .{1,12} to"
    r"|le gusto|le encanto|reacciono con .{1,12} a) ?[\"“«'].*",
    re.DOTALL,
)


class Silence(StrEnum):
    """Why no answer is given."""

    LOOP = "loop"  # the same text for the fifth time within the hour: a machine, or a stuck key
    ECHO = "echo"  # our own text came back: another machine repeats what it hears
    REACTION = "reaction"  # a heart or thumb on one of our messages
    SHORT_CODE = "short_code"  # shell: a sender of 5 or 6 digits is a machine, never a resident
    REPEAT = "repeat"  # shell: a provider's message id that was stored before
    CARRIER_WORD = "carrier_word"  # shell: the carrier has answered STOP, START or HELP itself
    OPTED_OUT = "opted_out"  # shell: nothing but START is answered after STOP


def for_sender(sender: Handle) -> Silence | None:
    """Return why a sender is never answered, or None: short codes are machines."""
    number = address(sender)
    if scheme(sender) == "tel" and number.isdigit() and 3 <= len(number) <= 6:
        return Silence.SHORT_CODE
    return None


def _mark(text: str) -> str:
    """Return a digest of a text that ignores case, blanks and changing long numbers."""
    return digest(re.sub(r"\d{4,}", "#", fold(text)))


def listen(talk: Talk, heard: Heard, now: datetime) -> tuple[Talk, Silence | None]:
    """Return the talk that remembers this text, and why it gets no answer, if so."""
    mark = _mark(heard.text)
    # "2" to one question and "2" to the next is a person who gets on, not a machine.
    here = digest([mark, talk.top.values() if talk.top else {}])
    if heard.photos or not heard.text.strip():
        return replace(talk, repeats=Repeats()), None
    same = talk.repeats.digest == here and bool(talk.repeats.since)
    if same and now - datetime.fromisoformat(talk.repeats.since) < _REPEATS_WITHIN:
        repeats = Repeats(here, talk.repeats.count + 1, talk.repeats.since)
    else:
        repeats = Repeats(here, 1, now.isoformat())
    talk = replace(talk, repeats=repeats)
    if repeats.count > MAX_REPEATS:
        return talk, Silence.LOOP
    if mark in talk.said:
        return talk, Silence.ECHO
    if _REACTION.match(fold(heard.text)):
        return talk, Silence.REACTION
    return talk, None


def remember_said(talk: Talk, says: Sequence[Say], given: Given) -> Talk:
    """Return the talk that knows our own texts again."""
    if not says:
        return talk
    texts = {compose(given.catalogue, talk.language, [say]) for say in says}
    texts.add(compose(given.catalogue, talk.language, says))
    # Short texts ("Thank you.") may well be said by a person.
    marks = tuple(_mark(text) for text in sorted(texts) if len(text) >= 20)
    return replace(talk, said=(*talk.said, *marks)[-_REMEMBERED:])
