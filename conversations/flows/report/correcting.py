"""Changing what the problem is while something else was asked: "actually it's a street light"."""

from __future__ import annotations

from conversations.engine.script import Answer, Hearing, Hint
from conversations.reading.text import fold, tokens

SURE = 0.6  # from this score on a guess is taken
_MAX_WORDS = 300
_TELLING = 2  # words that say more than a name
_SHORT = 8  # words in which "it's ..." names another problem


def sure_kind(hearing: Hearing) -> str | None:
    """Return the request type the text is clearly about, or None."""
    guesses = hearing.reading.request_types
    return guesses[0].key if guesses and guesses[0].score >= SURE else None


def says_otherwise(hearing: Hearing) -> bool:
    """Return whether the text says by itself that it corrects something."""
    said = tokens(fold(hearing.reading.text))
    marks = set(hearing.scene.words("report.otherwise"))
    if len(said) > _SHORT:  # "it's very deep and a car got a flat" tells more of the same
        marks -= set(hearing.scene.words("report.otherwise_short"))
    folded = f" {' '.join(said)} "
    return hearing.reading.change == "what" or any(f" {mark} " in folded for mark in marks)


def is_rude(hearing: Hearing) -> bool:
    """Return whether a text is angry words and no clear problem."""
    return hearing.rude and not sure_kind(hearing)


def is_thanks(hearing: Hearing) -> bool:
    """Return whether a text begins with thanks: its other words are kindness, not a report."""
    words = f"{' '.join(tokens(fold(hearing.reading.text)))} "
    return any(
        words.startswith(f"{start} ") for start in hearing.scene.words("welcome.thanks_starts")
    )


def correct_kind(hearing: Hearing) -> Answer | None:
    """Return the change to another problem that the text asks for, or None.

    The old words would contradict the new type, so they go with it.
    """
    kind = sure_kind(hearing)
    if kind is None or not says_otherwise(hearing):
        return None
    if kind == hearing.known.get("kind"):
        return Answer(lead="correction.noted")
    facts = {"kind": kind, "words": hearing.reading.text[:_MAX_WORDS]}
    return Answer(facts, ("guesses", "also"), lead="correction.done")


def more_words(hearing: Hearing) -> dict[str, str]:
    """Return the report's words with what this text adds to them, or nothing when it is short."""
    text, known = " ".join(hearing.reading.text.split()), str(hearing.known.get("words") or "")
    if len(tokens(fold(text))) < _TELLING or fold(text) in fold(known):
        return {}
    return {"words": f"{known}; {text}"[:_MAX_WORDS] if known else text[:_MAX_WORDS]}


def adds_when(hearing: Hearing) -> bool:
    """Return whether a text only says since when, or how often: "since monday"."""
    words = f"{' '.join(tokens(fold(hearing.reading.text)))} "
    return any(words.startswith(f"{start} ") for start in hearing.scene.words("report.when_starts"))


def correct_or_wait(hearing: Hearing) -> Answer | Hint | None:
    """Return what to do with a problem told where a place was asked.

    The same one is noted. Another one may be a better name for the first, so they shall say, unless
    the text adds it to the first ("also").
    """
    kind, known = sure_kind(hearing), hearing.known.get("kind")
    if kind == known:
        return Answer(more_words(hearing), lead="correction.noted")
    if corrected := correct_kind(hearing):
        return corrected
    said = set(tokens(fold(hearing.reading.text)))
    if known is None or said & set(hearing.scene.words("report.joins")):
        return Hint("report.one_at_a_time")
    return Answer({"guesses": [kind, known], **more_words(hearing)}, ("kind", "also"))
