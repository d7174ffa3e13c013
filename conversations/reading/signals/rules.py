"""Rules: which concepts, near each other in one sentence, mean something together.

Written in one line, so that a word list can hold hundreds: `fall > height` is a fall followed
within five words by a height; `person & bleeding` is both in any order; `>2` and `&8` say another
distance; `a|b` is either concept; what stands after `!` must not be in the sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from conversations.reading.signals.concepts import Hits, Span

_DISTANCE = 5  # words between two concepts, when a rule does not say
_MANY = 1000  # more than any concept is in rules
_LINK = re.compile(r" ([>&])(\d*) ")


class _Link(NamedTuple):
    """How the next concept stands to what was found before it."""

    part: tuple[str, ...]
    in_order: bool
    distance: int


class _Rule(NamedTuple):
    """One rule: what it begins with, what must be near, and what must not be there."""

    text: str
    first: tuple[str, ...]
    links: tuple[_Link, ...]
    unless: frozenset[str]


class Rules:
    """Rules of one meaning, found by their rarest concept."""

    def __init__(
        self, written: Iterable[str], known: frozenset[str], everyday: frozenset[str]
    ) -> None:
        """Read the rules.

        Args:
            written: one line each.
            known: the names of all concepts.
            everyday: concepts met in most messages; a rule waits for another one if it can.

        Raises:
            ValueError: a rule names an unknown concept.
        """
        rules = [_read_rule(line, known) for line in written]
        spread = Counter(name for rule in rules for part in _parts(rule) for name in part)
        self._by_concept: dict[str, list[_Rule]] = {}
        for rule in rules:
            rarest = min(_parts(rule), key=lambda part: _commonness(part, spread, everyday))
            for name in rarest:
                self._by_concept.setdefault(name, []).append(rule)

    def find(self, hits: Hits) -> list[Span]:
        """Return the spans of words that rules are met by, one for each, in no special order."""
        return [span for _, span in self._met(hits)]

    @property
    def waiting_for(self) -> frozenset[str]:
        """The concepts of which a sentence must hold one to meet any rule."""
        return frozenset(self._by_concept)

    def explain(self, hits: Hits) -> list[str]:
        """Return the rules that are met, as written."""
        return [rule.text for rule, _ in self._met(hits)]

    def _met(self, hits: Hits) -> list[tuple[_Rule, Span]]:
        """Return the rules that are met, each with its first span."""
        found = []
        for name in hits:
            for rule in self._by_concept.get(name, ()):
                spans = _find_spans(rule, hits)
                if spans:
                    found.append((rule, spans[0]))
        return found


def _read_rule(line: str, known: frozenset[str]) -> _Rule:
    """Return one written rule."""
    body, _, unless = line.partition("!")
    pieces = _LINK.split(body.strip())
    parts = [tuple(piece.strip().split("|")) for piece in pieces[::3]]
    barred = frozenset(unless.split())
    unknown = ({name for part in parts for name in part} | barred) - known
    if unknown:
        raise ValueError(f"rule {line!r}: no concept {', '.join(sorted(unknown))}")
    links = tuple(
        _Link(part, mark == ">", int(distance or _DISTANCE))
        for mark, distance, part in zip(pieces[1::3], pieces[2::3], parts[1:], strict=True)
    )
    return _Rule(line, parts[0], links, barred)


def _parts(rule: _Rule) -> list[tuple[str, ...]]:
    """Return the concepts a rule needs."""
    return [rule.first, *(link.part for link in rule.links)]


def _commonness(part: tuple[str, ...], spread: Counter[str], everyday: frozenset[str]) -> int:
    """Return how often a part of a rule may be met, roughly."""
    return sum(spread[name] + (_MANY if name in everyday else 0) for name in part)


def _find_spans(rule: _Rule, hits: Hits) -> list[Span]:
    """Return where a rule is met."""
    if not rule.unless.isdisjoint(hits):
        return []
    reached = _spans(rule.first, hits)
    for link in rule.links:
        if not reached:
            return []
        reached = _follow(reached, link, _spans(link.part, hits))
    return reached


def _follow(reached: list[Span], link: _Link, spans: list[Span]) -> list[Span]:
    """Return what was reached, widened by the spans near enough to it."""
    by_end = sorted(reached, key=lambda span: span[1])
    ends = [end for _, end in by_end]
    by_start = sorted(reached)
    starts = [start for start, _ in by_start]
    widened = []
    for start, end in spans:
        at = bisect_left(ends, start - link.distance)
        if at < len(ends) and ends[at] <= start:
            widened.append((by_end[at][0], end))
            continue
        at = bisect_left(starts, end)
        if not link.in_order and at < len(starts) and starts[at] <= end + link.distance:
            widened.append((start, by_start[at][1]))
    return widened


def _spans(part: tuple[str, ...], hits: Hits) -> list[Span]:
    """Return all places of one part."""
    if len(part) == 1:
        return hits.get(part[0], [])
    return [span for name in part for span in hits.get(name, ())]
