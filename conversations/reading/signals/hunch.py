"""A hunch of danger: what many examples taught, for wordings that no rule foresees.

Rules (`emergency.py`) decide first and can be explained; this is asked only when they found
nothing, about short texts, and believed only when it is very sure. The weights of words, of two
words in a row and of concepts are counted by `scripts/train_danger.py` from the examples in
`tests/`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache

from conversations.reading.signals.concepts import Hits
from conversations.reading.signals.patterns import read_words

SURE = 2.5  # log odds from which a hunch is believed; the script prints what that costs
HOPELESS = -4.5  # what words and pairs alone must reach before concepts are looked for at all
SHORTEST = 3  # words; a shorter text tells too little, ...
LONGEST = 30  # ... and a longer text tells enough for the rules

_ONLY_TOLD = frozenset({"c:story", "c:asking", "c:joke"})

FindHits = Callable[[list[str]], Hits]


def has_hunch(line: str, find: FindHits) -> bool:
    """Tell whether a short line of plain words (`Spoken.line`) sounds like danger now.

    Args:
        line: the message.
        find: returns the concepts of one sentence, without those of sayings.
    """
    count = line.count(" ") - 1
    if not SHORTEST <= count <= LONGEST:
        return False
    if _weigh(set(features(line, _find_nothing))) < HOPELESS:
        return False
    found = set(features(line, find))
    return found.isdisjoint(_ONLY_TOLD) and _weigh(found) >= SURE


def features(line: str, find: FindHits) -> Iterator[str]:
    """Yield what is weighed in a line: `w:word`, `b:two words`, `c:concept`."""
    for sentence in line.split(" . "):
        words = sentence.split()
        for name in find(words):
            yield f"c:{name}"
        before = "^"
        for word in words:
            yield f"b:{before} {word}"
            if not word.isdigit():
                yield f"w:{word}"
            before = word
        yield f"b:{before} $"


def _find_nothing(words: list[str]) -> Hits:
    """Return no concepts."""
    return {}


def _weigh(found: set[str]) -> float:
    """Return the log odds of danger that features speak for."""
    weights, start = _weights()
    known = [weights[name] for name in found if name in weights]
    # sorted: sums of floats must not depend on the order of a set
    return start + sum(sorted(known)) / math.sqrt(max(1, len(known)))


@cache
def _weights() -> tuple[dict[str, float], float]:
    """Return the weights and the score that a text without any known feature has."""
    table = read_words("danger_weights")
    return table["weights"], table["start"]
