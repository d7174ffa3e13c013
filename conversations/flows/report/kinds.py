"""What is reported: taking, offering or refusing the reader's guesses, and hearing several."""

from __future__ import annotations

import re
from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import Answer, Hearing, Option, Understood
from conversations.flows.report.correcting import SURE, is_rude, sure_kind
from conversations.flows.report.locating import is_only_where
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.requests import RequestType

POSSIBLE = 0.2  # from this score on the best guess is offered
FAINT = 0.08  # from this score on a guess is offered beside a better one
_OTHER_CHOICES = 0.35  # from this score on other choices replace those that are offered
_CLEAR_PART = 0.8  # from this score on a part of a text is a problem of its own
_MAX_SEVERAL = 140  # characters; a longer text is one story
_MAX_WORDS = 300
_COMMON = ("noise_neighbor", "illegal_parking", "heat", "pothole", "street_light")  # concepts
_OFFERED = 4
_MOST_AT_ONCE = 4


def possible_kinds(hearing: Hearing) -> list[str]:
    """Return the request types the text may be about, best first; none when all are faint.

    A text that only tells where is about no problem, and while choices stand only a much better
    guess replaces them.
    """
    guesses = hearing.reading.request_types
    least = _OTHER_CHOICES if hearing.known.get("guesses") else POSSIBLE
    if not guesses or guesses[0].score < least:
        return []
    if guesses[0].score < SURE and (is_only_where(hearing) or _is_no_problem(hearing)):
        return []
    return [item.key for item in guesses if item.score >= FAINT and item.key]


def _is_no_problem(hearing: Hearing) -> bool:
    """Return whether a text only greets or scolds: a faint guess would be an odd answer."""
    if hearing.reading.intent is Intent.GREETING:
        return True
    best = max((guess.score for guess in hearing.reading.request_types), default=0.0)
    return is_rude(hearing) and best < _OTHER_CHOICES


def find_several(hearing: Hearing) -> tuple[str, ...]:
    """Return the different problems one text tells of ("no heat, mice and mold"); none if only one.

    One of them is what the whole text is most about. Long texts tell one story in many words.
    """
    text = hearing.reading.text
    if len(text) > _MAX_SEVERAL:
        return ()
    joins = "|".join(map(re.escape, hearing.scene.words("report.joins")))
    parts = [part for part in re.split(rf"[,;\n&+]|\b(?:{joins})\b", text, flags=re.I) if part]
    if len(parts) < 2:
        return ()
    reader = hearing.scene.given.reader
    found: list[str] = []
    for part in parts:
        guesses = reader.read_types(part.strip(), hearing.reading.language)
        if guesses and guesses[0].score >= _CLEAR_PART and guesses[0].key not in found:
            found.append(guesses[0].key)
    whole = hearing.reading.request_types
    if not 2 <= len(found) <= _MOST_AT_ONCE or not whole or whole[0].key not in found:
        return ()
    return tuple(found)


def tell_several(kinds: tuple[str, ...]) -> dict[str, Any]:
    """Return the facts of several problems told at once: the first is reported first."""
    return {"kind": kinds[0], "also": kinds[1], "more": list(kinds[2:])}


def restore_kind(value: Any, scene: Scene) -> RequestType:
    """Return a stored request type; raises when the city has it no longer."""
    return scene.city.request_types[value]


def read_kind(hearing: Hearing) -> Understood:
    """Understand what the problem is; unsure guesses become choices, once."""
    text = " ".join(hearing.reading.text.split())
    refused = hearing.known.get("refused") or []
    # After a change of mind the old words describe something else.
    words = {"words": text[:_MAX_WORDS]} if refused and len(tokens(fold(text))) > 2 else {}
    if several := find_several(hearing):
        return Answer({**tell_several(several), **words})
    if kind := sure_kind(hearing):
        return Answer({"kind": kind, **words})
    standing = hearing.known.get("guesses")
    if is_only_where(hearing) or (standing and not possible_kinds(hearing)):
        return None
    if _is_no_problem(hearing):
        return None
    faint = [item.key for item in hearing.reading.request_types if item.score >= FAINT]
    kinds = [kind for kind in faint if kind and kind not in refused]
    if not kinds or kinds == standing:
        return None  # the same choices again would not help
    return Answer({"guesses": kinds, **words})


def common_kinds(scene: Scene) -> tuple[Option, ...]:
    """Return what is reported most anywhere, as far as the city takes it."""
    keys = [scene.city.concepts[name] for name in _COMMON if name in scene.city.concepts]
    types = [scene.city.request_types[key] for key in keys if key in scene.city.request_types]
    return tuple(
        Option(item.title(scene.language), {"kind": item.key}) for item in types[:_OFFERED]
    )
