"""Which flow a text begins when the conversation is at rest, or when what runs gives way."""

from __future__ import annotations

from dataclasses import replace

from conversations.engine import digression
from conversations.engine.advance import Result, lead_with
from conversations.engine.given import Given, Scene
from conversations.engine.script import Hearing
from conversations.engine.talk import Talk
from conversations.reading.result import Reading
from conversations.reading.text import fold, tokens

CLEAR = 50  # from this strength on a text clearly wants a flow
_ENOUGH = 40  # from this strength on a text wants it more than a mere menu


def find_flow(hearing: Hearing, given: Given) -> tuple[str, int]:
    """Return the flow that wants a text most, and how strongly (0 to 100)."""
    fresh = replace(hearing, known={}, scene=Scene(given, hearing.scene.language))
    scored = [(flow.wants(fresh), name) for name, flow in sorted(given.flows.items())]
    strength, name = max(scored)
    return name, strength


def begin(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Begin the flow a text wants; None while another flow holds on to the conversation."""
    name, strength = find_flow(hearing, given)
    if talk.top is not None:
        running = given.flows.get(talk.top.flow)
        if running is None or not running.yields or name == running.name:
            return None
        if strength < (_ENOUGH if running.rests else CLEAR):
            return None
    reading = hearing.reading
    if strength < CLEAR and not tokens(fold(reading.text)) and not hearing.photos:
        talk = lead_with(talk, "repair.no_words")
    elif strength < CLEAR and _speaks_another_language(reading, given):
        talk = lead_with(talk, "language.missing")
    elif strength < CLEAR and hearing.rude:
        talk = lead_with(talk, "repair.upset")
    return digression.begin(talk, given, name, hearing)


def _speaks_another_language(reading: Reading, given: Given) -> bool:
    return reading.language_sure and reading.language not in given.catalogue.languages
