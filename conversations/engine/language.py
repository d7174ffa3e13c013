"""Which language we speak: found from the resident's words, or chosen by name at any moment."""

from __future__ import annotations

from dataclasses import replace

from conversations.engine.advance import Result, advance, lead_with
from conversations.engine.given import Given
from conversations.engine.talk import Frame, Talk
from conversations.reading.result import Reading
from conversations.reading.text import fold, tokens

_ENOUGH_WORDS = 4  # in the middle of a flow a street name alone does not change the language


def follow(talk: Talk, reading: Reading, given: Given) -> Talk:
    """Return the talk in the language the resident writes, unless they chose one by name."""
    if talk.language_chosen or not reading.language_sure or reading.language == talk.language:
        return talk
    if reading.language not in given.catalogue.languages:
        return talk
    if talk.top is not None and len(tokens(fold(reading.text))) < _ENOUGH_WORDS:
        return talk
    return replace(talk, language=reading.language)


def switch(talk: Talk, code: str, given: Given) -> Result:
    """Change the language by name and put the present question again, in the new one."""
    if code in given.catalogue.languages:
        talk = lead_with(replace(talk, language=code, language_chosen=True), "language.switched")
    else:
        talk = lead_with(talk, "language.missing")
    return advance(talk if talk.top else talk.push(Frame("welcome")), given)
