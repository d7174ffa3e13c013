"""Spelling: the word of the lexicon that an unknown word was probably meant to be.

Only words that neither the lexicon nor the list of ordinary words knows are looked at, and only
against lexicon words with the same first letter, so a message costs a few microseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from conversations.reading.request_types.stems import stem_en, stem_es

SHORTEST = 6  # shorter words have too many neighbours
LONG = 9  # from this length on, two slips are forgiven
REMEMBERED = 8192


class Speller:
    """Corrects single words.

    Args:
        vocabulary: folded words as people write them rightly.
        ordinary: words that are right as they are though the lexicon does not use them.
    """

    def __init__(self, vocabulary: Iterable[str], ordinary: Iterable[str]) -> None:
        known = frozenset(vocabulary) | frozenset(ordinary)
        self._known = known
        self._stems = frozenset(stem_en(word) for word in known) | frozenset(map(stem_es, known))
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted(set(vocabulary)):
            if len(word) >= SHORTEST and word.isalpha():
                self._by_letter[word[0]].append(word)
        self.correct = lru_cache(maxsize=REMEMBERED)(self._correct)

    def _correct(self, word: str) -> str:
        """Return the lexicon's word for a misspelled one, else the word as it is."""
        if len(word) < SHORTEST or word in self._known or not word.isalpha():
            return word
        if stem_en(word) in self._stems or stem_es(word) in self._stems:
            return word
        slips = 2 if len(word) >= LONG else 1
        found = process.extractOne(
            word, self._by_letter.get(word[0], ()), scorer=OSA.distance, score_cutoff=slips
        )
        return found[0] if found else word
