"""Misses: first the question in other words, then numbered choices, then a person.

Always answers, so it comes last.
"""

from __future__ import annotations

from dataclasses import replace

from conversations.engine.advance import (
    RESCUE_AFTER,
    Result,
    advance,
    asked_of,
    lead_with,
    may_rephrase,
)
from conversations.engine.given import Given
from conversations.engine.person import call_person
from conversations.engine.script import Hearing
from conversations.engine.talk import Frame, Talk
from conversations.reading.text import fold, tokens

PERSON_AFTER = 3  # misses in a row


def _lead(hearing: Hearing, misses: int, has_choices: bool, rephrased: bool) -> str:
    """Return the phrase that says what went wrong."""
    if not tokens(fold(hearing.reading.text)):
        return "repair.no_words"
    if hearing.rude:
        return "repair.upset"
    if has_choices and not rephrased:
        return "repair.pick_number"
    return "repair.sorry" if misses < RESCUE_AFTER else "repair.sorry_again"


def mend(talk: Talk, hearing: Hearing, given: Given) -> Result:
    """Count a miss of the open question and climb one rung; at rest, show the menu."""
    frame, wish = talk.top, asked_of(talk, given)
    if frame is None or wish is None:
        return advance(
            lead_with(replace(talk, frames=()), "repair.sorry").push(Frame("welcome")), given
        )
    misses = frame.misses + 1
    if misses >= PERSON_AFTER:
        talk = talk.with_top(replace(frame, misses=0))
        return call_person(talk, given, "not_understood", hearing.reading.text)
    lead = _lead(hearing, misses, bool(wish.options), may_rephrase(wish))
    return advance(lead_with(talk.with_top(replace(frame, misses=misses)), lead), given)
