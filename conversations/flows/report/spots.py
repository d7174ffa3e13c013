"""The spot within a place: "in prospect park near the boathouse".

The place is looked up; what tells the way within it goes with the report as it was typed.
"""

from __future__ import annotations

import re

from conversations.engine.script import Hearing
from conversations.reading.text import fold
from conversations.vocabulary.places import AddressText

_MOST_WORDS = 7
_FEWEST_WORDS = 2
_WORD = re.compile(r"[^\s,.;:!?()]+")
_STOP = re.compile(r"[,.;:!?()\n]")


def find_spot(hearing: Hearing, address: AddressText) -> str | None:
    """Return the words beside a named place that say where in it, or None.

    "near the boathouse" of "in prospect park near the boathouse", and of "near the boathouse in
    prospect park". An address with a street says where by itself.
    """
    if not address.place or address.street or address.house or address.cross_streets:
        return None
    before, found, after = hearing.reading.text.partition(address.text)
    if not found:
        return None
    return _behind(hearing, after) or _ahead(hearing, before)


def _behind(hearing: Hearing, text: str) -> str | None:
    """Return the phrase that follows the place at once and begins like a spot."""
    if _STOP.match(text):
        return None
    phrase: list[str] = []
    for word in _WORD.findall(_STOP.split(text)[0]):
        if fold(word) in hearing.scene.words("report.spot_ends") or len(phrase) >= _MOST_WORDS:
            break
        phrase.append(word)
    return _as_spot(hearing, phrase)


def _ahead(hearing: Hearing, text: str) -> str | None:
    """Return the phrase before "in the park": from the word that begins a spot on."""
    words = _WORD.findall(_STOP.split(text)[-1])
    while words and fold(words[-1]) in hearing.scene.words("report.spot_into"):
        words.pop()
    starts = hearing.scene.words("report.spot_starts")
    for at in range(max(len(words) - _MOST_WORDS, 0), len(words)):
        if fold(words[at]) in starts:
            return _as_spot(hearing, words[at:])
    return None


def _as_spot(hearing: Hearing, words: list[str]) -> str | None:
    """Return the words as one phrase when they begin like a spot and tell something."""
    starts = hearing.scene.words("report.spot_starts")
    if len(words) < _FEWEST_WORDS or fold(words[0]) not in starts:
        return None
    return " ".join(words)
