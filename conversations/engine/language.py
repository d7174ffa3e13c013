"""Which language we speak: found from the resident's words, or chosen by name at any moment."""

from __future__ import annotations

from dataclasses import replace

from conversations.engine.advance import Result, advance, lead_with
from conversations.engine.given import Given
from conversations.engine.talk import Frame, Talk
from conversations.reading.result import Reading
from conversations.reading.text import fold, tokens

_FEW_WORDS = 3
_ENOUGH_WORDS = 4  # in the middle of a flow a street name alone does not change the language


def follow(talk: Talk, reading: Reading, given: Given) -> Talk:
    """Return the talk in the language the resident writes, unless they chose one by name."""
    if talk.language_chosen:
        return talk
    if talk.top is None and not reading.language_sure and (hinted := _hinted(talk, reading, given)):
        return replace(talk, language=hinted)
    if not reading.language_sure or reading.language == talk.language:
        return talk
    if reading.language not in given.catalogue.languages:
        return talk
    if talk.top is not None and len(tokens(fold(reading.text))) < _ENOUGH_WORDS:
        return talk
    return replace(talk, language=reading.language)


def _hinted(talk: Talk, reading: Reading, given: Given) -> str | None:
    """Return the language of a short first text such as "hola", which statistics cannot tell."""
    words = set(tokens(fold(reading.text)))
    if len(words) > _FEW_WORDS:
        return None
    catalogue = given.catalogue
    hinted = [
        code for code in catalogue.languages if words & set(catalogue.words(code, "language.hints"))
    ]
    return hinted[0] if len(hinted) == 1 else None


def switch(talk: Talk, code: str, given: Given) -> Result:
    """Change the language by name and put the present question again, in the new one."""
    if code in given.catalogue.languages:
        talk = lead_with(replace(talk, language=code, language_chosen=True), "language.switched")
    else:
        talk = lead_with(talk, "language.missing")
    return advance(talk if talk.top else talk.push(Frame("welcome")), given)
