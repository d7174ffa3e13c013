"""Hints: what a word suggests by itself because of the cues it stands in.

A cue speaks only when all of its words are there. Where a resident says it in words of their own,
some of them still stand in cues (`bouncing`, `lobby`), mostly of one concept: a small push towards
it, which decides only between guesses that nothing louder speaks for.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from conversations.reading.request_types.cues import Cue

LEAST_SHARE = 0.12  # of a word's cues; a concept with less is not suggested by it
MOST_CONCEPTS = 5  # suggested by one word
FULL = 5.0  # with more words that suggest something, each counts less


class Hints:
    """Says which concepts the words of a message suggest.

    Args:
        cues: the compiled cues of one language.
        concepts: how many concepts there are.
    """

    def __init__(self, cues: Iterable[Cue], concepts: int) -> None:
        counts: dict[str, Counter[int]] = defaultdict(Counter)
        for cue in cues:
            if cue.weight > 0:
                for word in cue.words:
                    counts[word][cue.concept] += 1
        self._by_word: dict[str, tuple[tuple[int, float], ...]] = {}
        for word, often in counts.items():
            telling = 1.0 - math.log(len(often)) / math.log(max(2, concepts))
            total = sum(often.values()) + 1  # a word seen once is not yet sure
            pairs = [
                (concept, telling * count / total)
                for concept, count in often.most_common(MOST_CONCEPTS)
                if count / total >= LEAST_SHARE
            ]
            if pairs:
                self._by_word[word] = tuple(pairs)

    def read(self, words: Iterable[str]) -> dict[int, float]:
        """Return each suggested concept with how much the words (stems, classes) suggest it."""
        known = [pairs for word in words if (pairs := self._by_word.get(word))]
        share = min(1.0, (FULL / len(known)) ** 0.5) if known else 0.0
        found: defaultdict[int, float] = defaultdict(float)
        for pairs in known:
            for concept, weight in pairs:
                found[concept] += share * weight
        return found
