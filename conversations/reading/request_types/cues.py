"""Cues: the lexicon's phrases, compiled once and found in a message in microseconds.

A cue is found through its rarest word, so that a message touches only the few cues it could hold.
The syntax of a cue is told at the top of `reading/lexicon/en.toml`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from conversations.reading.request_types.stems import stems

NEAR_WORDS = 6
MOST_PLACES = 12  # of one word in one message; more is rubbish, and would cost time
STRENGTHS = {"certain": 7.5, "sure": 5.0, "strong": 2.5, "fair": 1.2, "weak": 0.5, "against": -2.5}
LANDMARK_SHARE = 0.4  # "near the mailbox" is hardly about the mailbox
_LANDMARK_AFTER = {
    "en": frozenset(("near", "behind", "front", "next", "opposite", "beside", "across")),
    "es": frozenset(("cerc", "frent", "lad", "detra", "junt")),
}
EXTRA_WORD = 0.4  # a longer phrase tells more than a short one of the same strength

Positions = Mapping[str, list[int]]
Part = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """One compiled phrase: `groups` all present, the parts of a group near each other."""

    concept: int
    weight: float
    groups: tuple[tuple[Part, ...], ...]
    words: frozenset[str]


def _starts(part: Part, at: Positions) -> list[int]:
    """Return the positions where the words of `part` follow each other."""
    first = at[part[0]]
    if len(part) == 1:
        return first
    return [
        start
        for start in first
        if all(start + offset in at[word] for offset, word in enumerate(part) if offset)
    ]


def _group_found(group: tuple[Part, ...], at: Positions) -> bool:
    here = _starts(group[0], at)
    for before, part in pairwise(group):
        there = _starts(part, at)
        here = [
            second
            for second in there
            if any(
                -NEAR_WORDS - len(part) < second - first < NEAR_WORDS + len(before)
                and second != first
                for first in here
            )
        ]
        if not here:
            return False
    return bool(here)


def cue_found(cue: Cue, at: Positions) -> bool:
    """Say whether the cue stands in a message that holds all of its words."""
    return all(_group_found(group, at) for group in cue.groups)


def _parse(text: str, language: str) -> tuple[tuple[Part, ...], ...]:
    groups = []
    for group in text.split(" + "):
        parts = []
        for part in group.split(" ~ "):
            symbols: list[str] = []
            for word in part.split():
                symbols.extend([word] if word[0] == "@" else stems([word], language))
            if symbols:
                parts.append(tuple(symbols))
        groups.append(tuple(parts))
    return tuple(group for group in groups if group)


class CueIndex:
    """All cues of one language, found by word.

    Args:
        language: ISO 639-1 code, chooses the stemmer.
        classes: class name to its members (a member of two words is allowed).
        concepts: concept name to its table of cues, as in the lexicon file.
        number: concept name to its number; concepts without one are left out.
    """

    def __init__(
        self,
        language: str,
        classes: Mapping[str, Iterable[str]],
        concepts: Mapping[str, Mapping[str, Iterable[str]]],
        number: Mapping[str, int],
    ) -> None:
        self.language = language
        self._classes: dict[str, tuple[str, ...]] = _members(classes, language)
        cues = [
            cue
            for concept, table in concepts.items()
            if concept in number
            for cue in _compile(table, number[concept], language)
        ]
        self.cues: tuple[Cue, ...] = tuple(cues)
        often = Counter(word for cue in cues for word in cue.words)
        self._single: dict[str, list[Cue]] = defaultdict(list)
        self._longer: dict[str, list[tuple[tuple[str, ...], Cue]]] = defaultdict(list)
        for cue in cues:
            rarest, *others = sorted(cue.words, key=lambda word: (often[word], word))
            if cue.groups == (((rarest,),),):
                self._single[rarest].append(cue)
            else:
                self._longer[rarest].append((tuple(others), cue))
        self._openers = {name.partition(" ")[0] for name in self._classes if " " in name}
        single = {word for word in often if word[0] != "@"}
        self.vocabulary: frozenset[str] = frozenset(
            single | {word for word in self._classes if " " not in word}
        )

    def positions(self, stemmed: list[str]) -> dict[str, list[int]]:
        """Return each word and class of the message with the positions where it stands."""
        at: dict[str, list[int]] = {}
        classes, openers = self._classes, self._openers
        before = ""
        for position, word in enumerate(stemmed):
            names = (word, *classes.get(word, ()))
            if before in openers:
                names += classes.get(f"{before} {word}", ())
            for name in names:
                places = at.setdefault(name, [])
                if len(places) < MOST_PLACES:
                    places.append(position)
            before = word
        return at

    def find(self, stemmed: list[str]) -> Iterable[tuple[int, float]]:
        """Yield concept and weight of each cue that stands in a message, given as stems."""
        at = self.positions(stemmed)
        near = _landmarks(stemmed, _LANDMARK_AFTER.get(self.language, frozenset()))
        for cue in self._standing(at):
            aside = near and cue.weight > 0 and _only_landmark(cue, at, near)
            yield cue.concept, cue.weight * (LANDMARK_SHARE if aside else 1.0)

    def _standing(self, at: Positions) -> Iterator[Cue]:
        """Yield the cues that stand in a message; called for thousands, so written flat."""
        single, longer = self._single, self._longer
        for word in at:
            if word in single:
                yield from single[word]
            for others, cue in longer.get(word, ()):
                for other in others:
                    if other not in at:
                        break
                else:
                    if cue_found(cue, at):
                        yield cue


def _landmarks(stemmed: list[str], after: frozenset[str]) -> frozenset[int]:
    """Return the positions of words that only tell where: the three after `near`, `behind`, ..."""
    return frozenset(
        position + step
        for position, word in enumerate(stemmed)
        if word in after
        for step in (1, 2, 3)
    )


def _only_landmark(cue: Cue, at: Positions, near: frozenset[int]) -> bool:
    """Say whether a plain phrase stands nowhere but in a description of the place."""
    if len(cue.groups) > 1 or len(cue.groups[0]) > 1:
        return False
    return all(start in near for start in _starts(cue.groups[0][0], at))


def _members(classes: Mapping[str, Iterable[str]], language: str) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = defaultdict(list)
    for name, members in classes.items():
        for member in members:
            stemmed = " ".join(stems(member.split(), language))
            if f"@{name}" not in names[stemmed]:
                names[stemmed].append(f"@{name}")
    return {stemmed: tuple(found) for stemmed, found in names.items()}


def _compile(table: Mapping[str, Iterable[str]], concept: int, language: str) -> list[Cue]:
    cues: dict[tuple[tuple[Part, ...], ...], Cue] = {}
    for strength, base in STRENGTHS.items():
        for text in table.get(strength, ()):
            groups = _parse(text, language)
            if not groups or groups in cues:
                continue
            words = [word for group in groups for part in group for word in part]
            weight = base + EXTRA_WORD * (len(words) - 1) if base > 0 else base
            cues[groups] = Cue(concept, weight, groups, frozenset(words))
    return list(cues.values())
