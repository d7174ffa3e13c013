"""Emergencies: the one right advice at once. Never a form; the talk may go on afterwards."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.engine.advance import Result
from conversations.engine.given import Given
from conversations.engine.script import Hearing
from conversations.engine.talk import Talk
from conversations.vocabulary.effects import Say

# Country to the number for danger and the number for a person who thinks of ending their life.
_NUMBERS: Mapping[str, tuple[str, str]] = {
    "US": ("911", "988"), "CA": ("911", "988"), "SG": ("995", "1767"),
}  # fmt: skip
_USUAL = ("911", "988")


def advise(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Answer a text that tells of danger with whom to call, and change nothing."""
    kind = hearing.reading.emergency
    if kind is None:
        return None
    danger, crisis = _NUMBERS.get(given.city.country, _USUAL)
    phrase = "emergency.self_harm" if kind == "self_harm" else "emergency.danger"
    going_on = given.catalogue.phrase(talk.language, "emergency.go_on", {}) if talk.top else ""
    values = {"danger": danger, "crisis": crisis, "go_on": going_on}
    return talk, (Say(phrase, values),)
