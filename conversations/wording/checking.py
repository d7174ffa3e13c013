"""Laws about phrases, proved for every language: complete, same placeholders, no carrier words.

Used by the tests and by whoever adds a language; says what is wrong in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from conversations.wording.catalogue import FALLBACK, Catalogue, placeholders

# Words that the carriers act on themselves (contracts/messaging.md, Twilio's default lists). A text
# must never invite the resident to answer with one, except where it is the law that it be offered.
RESERVED = frozenset(
    [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "START",
        "UNSTOP",
        "HELP",
        "INFO",
        "YES",
    ]
)
_LAWFUL = {
    "help.text": {"STOP"},
    "consent.stopped": {"START"},
    "consent.stopped_sent": {"START"},
    "consent.stopped_unsent": {"START"},
}
_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")


def _texts(phrase: object) -> list[str]:
    if isinstance(phrase, dict):
        return [str(text) for text in phrase.values()]
    return [str(phrase)]


def find_problems(catalogue: Catalogue, languages: Iterable[str] = ()) -> list[str]:
    """Return what breaks a law, one line each; empty when all is well.

    Args:
        catalogue: all phrases.
        languages: which to check, all of the catalogue's if empty.
    """
    problems: list[str] = []
    wanted = catalogue.keys(FALLBACK)
    for language in languages or catalogue.languages:
        have = catalogue.keys(language)
        problems += [f"{language}: {key} is missing" for key in sorted(wanted - have)]
        problems += [f"{language}: {key} is in no other language" for key in sorted(have - wanted)]
        for key in sorted(have & wanted):
            problems += _problems_of(catalogue, language, key)
    return problems


def _problems_of(catalogue: Catalogue, language: str, key: str) -> list[str]:
    """Return what is wrong with one phrase in one language."""
    phrase, original = catalogue.raw(language, key), catalogue.raw(FALLBACK, key)
    if isinstance(phrase, tuple) or isinstance(original, tuple):
        same = type(phrase) is type(original)
        return [] if same else [f"{language}: {key} is words in one language, a phrase in another"]
    problems = []
    if placeholders(phrase) != placeholders(original):
        problems.append(f"{language}: {key} has other placeholders than in {FALLBACK}")
    for text in _texts(phrase):
        offered = set(_CAPITALS.findall(text)) & RESERVED - _LAWFUL.get(key, set())
        problems += [f"{language}: {key} offers {word}, a carrier's word" for word in offered]
        if "choice" in key and set(text.upper().split()[:1]) & (RESERVED - {"YES"}):
            problems.append(f"{language}: {key} begins with a carrier's word")
        if "!" in text or "\u00a1" in text:
            problems.append(f"{language}: {key} shouts")
        if text != text.strip() or "  " in text:
            problems.append(f"{language}: {key} has stray blanks")
    return problems
