"""Emergencies: the one right advice at once. Never a form; the talk may go on afterwards.

Whoever has just told of danger and now writes "what do I do" gets the advice again, not a menu.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from conversations.engine import routing
from conversations.engine.advance import Result
from conversations.engine.given import Given
from conversations.engine.script import Hearing
from conversations.engine.talk import Talk
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Say

# Country to the number for danger and the number for a person who thinks of ending their life.
_NUMBERS: Mapping[str, tuple[str, str]] = {
    "US": ("911", "988"), "CA": ("911", "988"), "SG": ("995", "1767"),
}  # fmt: skip
_USUAL = ("911", "988")
_FRESH = timedelta(minutes=30)
_FAINT = 70  # up to this strength a text at rest has no clear wish; an address is a cry for help


def advise(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Answer a text that tells of danger with whom to call, and change nothing else."""
    kind = hearing.reading.emergency
    if kind is not None:
        talk = replace(talk, alarm=(kind, given.now))
        return talk, (_advice(_first_advice(kind, hearing), talk, given),)
    if talk.alarm is None or not _still_about_it(talk, hearing, given):
        return None
    phrase = "emergency.self_harm" if talk.alarm[0] == "self_harm" else "emergency.danger"
    return talk, (_advice(f"{phrase}_still", talk, given),)


def _first_advice(kind: str, hearing: Hearing) -> str:
    """Return the phrase for what is told: from fire and gas one has to get away first."""
    if kind == "self_harm":
        return "emergency.self_harm"
    leave = hearing.scene.words("emergency.leave_words")
    told = tokens(fold(hearing.reading.text))
    return "emergency.leave" if any(word in leave for word in told) else "emergency.danger"


def _still_about_it(talk: Talk, hearing: Hearing, given: Given) -> bool:
    """Return whether a text without a clear wish comes soon after an emergency."""
    reading = hearing.reading
    if talk.alarm is None or given.now - talk.alarm[1] > _FRESH:
        return False
    if reading.command is not None or reading.opt_out != "no":
        return False
    if reading.intent is Intent.HELP:
        return True
    return talk.top is None and routing.find_flow(hearing, given)[1] <= _FAINT


def _advice(phrase: str, talk: Talk, given: Given) -> Say:
    danger, crisis = _NUMBERS.get(given.city.country, _USUAL)
    going_on = "emergency.go_on" if talk.top else "emergency.afterwards"
    values = {"danger": danger, "crisis": crisis}
    if talk.top is not None or phrase == "emergency.danger_still":
        values["go_on"] = given.catalogue.phrase(talk.language, going_on, {})
    return Say(phrase, values)
