"""Every case in which CityHelper does not answer, in one place.

The engine decides LOOP, MACHINE, ECHO and REACTION. The others are decided by the shell before a
turn and are listed so that nobody has to look for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from conversations.engine.given import Given
from conversations.engine.script import digest
from conversations.engine.talk import Pace, Repeats, Talk
from conversations.reading.text import fold
from conversations.vocabulary.effects import Say
from conversations.vocabulary.events import Heard
from conversations.vocabulary.handles import Handle, address, scheme
from conversations.wording.fitting import compose

MAX_REPEATS = 4  # the fifth same text in a row gets no answer
MAX_QUICK = 5  # replies in a row answered at once and leading nowhere; then no further one
QUICK = timedelta(seconds=20)  # a machine answers within seconds, both ways through the carriers
PAUSE = timedelta(seconds=60)  # a machine's silence; whoever writes after it may be a person
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
    MACHINE = "machine"  # five replies were answered within seconds each, and nothing came of it
    ECHO = "echo"  # our own text came back: another machine repeats what it hears
    REACTION = "reaction"  # a heart or thumb on one of our messages
    SHORT_CODE = "short_code"  # shell: a sender of 5 or 6 digits is a machine, never a resident
    FOREIGN = "foreign"  # shell: a number of a country that the city does not text to
    CAPPED = "capped"  # shell: the number, or its neighbours, had enough texts for today
    REPEAT = "repeat"  # shell: a provider's message id that was stored before
    CARRIER_WORD = "carrier_word"  # shell: the carrier has answered STOP, START or HELP itself
    AUTOMATIC = "automatic"  # shell: a mail that says of itself that no person wrote it (RFC 3834)
    UNPROVEN = "unproven"  # shell: too many mails that nothing proves to be their sender's
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
    if heard.photos or not heard.text.strip():
        return replace(talk, repeats=Repeats(), pace=Pace()), None
    mark = _mark(heard.text)
    talk = replace(talk, repeats=_count_repeats(talk, mark, now), pace=_count_quick(talk, now))
    if talk.repeats.count > MAX_REPEATS:
        return talk, Silence.LOOP
    if mark in talk.said:
        return talk, Silence.ECHO
    if _REACTION.match(fold(heard.text)):
        return talk, Silence.REACTION
    return talk, Silence.MACHINE if talk.pace.quick >= MAX_QUICK else None


def _count_repeats(talk: Talk, mark: str, now: datetime) -> Repeats:
    """Return how often this text has come in a row by now."""
    # "2" to one question and "2" to the next is a person who gets on, not a machine.
    here = digest([mark, talk.top.values() if talk.top else {}])
    same = talk.repeats.digest == here and bool(talk.repeats.since)
    if same and now - datetime.fromisoformat(talk.repeats.since) < _REPEATS_WITHIN:
        return Repeats(here, talk.repeats.count + 1, talk.repeats.since)
    return Repeats(here, 1, now.isoformat())


def _count_quick(talk: Talk, now: datetime) -> Pace:
    """Return how many replies in a row were answered at once although nothing came of it.

    Texts of one turn get one reply, and have one time. Facts that were not known before in this
    run are a person who types fast; another question alone is none.
    """
    pace = talk.pace
    if pace.at == now.isoformat():
        return pace
    here = digest([frame.values() for frame in talk.frames if frame.facts])
    gap = now - datetime.fromisoformat(pace.at) if pace.at else PAUSE
    patience = PAUSE if pace.quick >= MAX_QUICK else QUICK
    if gap >= patience or here not in pace.seen:
        kept = () if gap >= patience else pace.seen
        return Pace(0, now.isoformat(), (*kept, here)[-_REMEMBERED:])
    return Pace(pace.quick + 1, now.isoformat(), pace.seen)


def remember_said(talk: Talk, says: Sequence[Say], given: Given) -> Talk:
    """Return the talk that knows our own texts again."""
    if not says:
        return talk
    texts = {compose(given.catalogue, talk.language, [say]) for say in says}
    texts.add(compose(given.catalogue, talk.language, says))
    # Short texts ("Thank you.") may well be said by a person.
    marks = tuple(_mark(text) for text in sorted(texts) if len(text) >= 20)
    return replace(talk, said=(*talk.said, *marks)[-_REMEMBERED:])
