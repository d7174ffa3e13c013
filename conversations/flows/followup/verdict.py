"""Hearing in a resident's own words whether a thing is fixed."""

from __future__ import annotations

from conversations.engine.script import Answer, Hearing, Hint, Understood
from conversations.reading.text import fold, tokens


def read_verdict(hearing: Hearing) -> bool | None:
    """Return whether a text says that the thing is fixed; None when it says neither.

    "Still" weighs more than "fixed": "you said fixed but it is still there". A question says
    nothing, and neither does a "fixed" with a "not" somewhere.
    """
    words = f" {' '.join(tokens(fold(hearing.reading.text)))} "
    if _holds(hearing, words, "followup.still_words"):
        return False
    if hearing.asks or not _holds(hearing, words, "followup.fixed_words"):
        return None
    return None if _holds(hearing, words, "followup.not_words") else True


def is_thanks(hearing: Hearing) -> bool:
    """Return whether a text begins with thanks."""
    words = f"{' '.join(tokens(fold(hearing.reading.text)))} "
    starts = hearing.scene.words("welcome.thanks_starts")
    return any(words.startswith(f"{start} ") for start in starts)


def read_fixed(hearing: Hearing) -> Understood:
    """Understand "it is back", "all good now"; mere thanks are returned, and the question put."""
    fixed = read_verdict(hearing)
    if fixed is not None:
        return Answer({"fixed": fixed})
    return Hint("followup.welcome", brief=True) if is_thanks(hearing) else None


def _holds(hearing: Hearing, words: str, key: str) -> bool:
    return any(f" {said} " in words for said in hearing.scene.words(key))
