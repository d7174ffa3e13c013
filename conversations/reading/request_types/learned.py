"""What many texts taught beside the hand-written cues: small weights of common words.

The table stands in `reading/lexicon/weights_<language>.toml` and is made by
`scripts/train_reading.py`; a term is one stem or two neighbouring stems.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from conversations.reading.request_types.lexicon import Weights


def terms_of(stemmed: list[str]) -> set[str]:
    """Return the single stems and the pairs of neighbouring stems of a message."""
    usable = [word if len(word) > 1 and word.isalpha() else "" for word in stemmed]
    found = set(usable)
    found.update([f"{one} {two}" for one, two in pairwise(usable) if one and two])
    found.discard("")
    return found


def share_of(known: int, full: float) -> float:
    """Return how much each of `known` terms counts, so that long texts do not shout."""
    return min(1.0, (full / known) ** 0.5) if known else 0.0


class LearnedScores:
    """Scores families by the learned weights of the words in a message."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def read(self, stemmed: list[str]) -> dict[str, float]:
        """Return family to its learned score; every family that has a start is there."""
        table = self._weights.terms
        known = [found for term in terms_of(stemmed) if (found := table.get(term)) is not None]
        share = share_of(len(known), self._weights.full)
        summed: defaultdict[str, float] = defaultdict(float)
        for pairs in sorted(known):  # sorted: sums of floats must not depend on set order
            for family, weight in pairs:
                summed[family] += weight
        scores = dict(self._weights.start)
        for family, weight in summed.items():
            scores[family] = scores.get(family, 0.0) + share * weight
        return scores
