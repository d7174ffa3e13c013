"""Concepts: what the words of a sentence stand for, found in one walk over them.

A word list says for each concept which phrases mean it, in any language. A phrase is written as
steps between blanks:

* `hit|ran~over`: any of these words; `ran? over`: a step that may be missing;
* `bleed*`: any word that begins so; `N`: a number; `_`: any one word;
* `^` and `$`: the sentence's beginning and end.

Every phrase waits at its rarest step, so a sentence without rare words costs one look-up a word,
however long the lists grow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Span = tuple[int, int]  # first word, word after the last
Hits = dict[str, list[Span]]
_ANYTHING = 10_000  # how common `_` is
_STEM_COUNTS = 3  # a stem stands for about so many words
_EDGES = ("^", "$", "")
_HEAD = 3  # letters of a stem by which it is looked up


class _Step(NamedTuple):
    """One step of a phrase."""

    words: frozenset[str]
    stems: tuple[str, ...]
    number: bool
    anything: bool
    optional: bool


class _Phrase(NamedTuple):
    """A phrase as seen from its rarest step: what stands before it (nearest first) and after."""

    name: str
    before: tuple[_Step, ...]
    after: tuple[_Step, ...]
    beside: frozenset[str] | None  # the words one of which must come next, if it is so simple
    beside_way: int  # ... one word on, or one back


class Concepts:
    """Finds the concepts of one word list."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Read the phrases.

        Args:
            phrases: the phrases of each concept.

        Raises:
            ValueError: a phrase has no step that must be there, or a stem is too short.
        """
        read = [
            (name, [_read_step(step) for step in steps], phrase)
            for name, listed in phrases.items()
            for phrase in listed
            for steps in _write_out(phrase.split())
        ]
        common = Counter(word for _, steps, _ in read for step in steps for word in step.words)
        self._by_word: dict[str, list[_Phrase]] = {}
        self._by_head: dict[str, list[tuple[str, _Phrase]]] = {}
        self._by_number: list[_Phrase] = []
        for name, steps, written in read:
            must = [place for place, step in enumerate(steps) if not step.optional]
            if not must:
                raise ValueError(f"{name}: {written!r} may be nothing at all")
            counts = [_spread(step, common) for step in steps]
            rarest = min(must, key=counts.__getitem__)
            self._add(name, steps, rarest)

    def find(self, words: Sequence[str]) -> Hits:
        """Return where each concept stands in a sentence.

        Args:
            words: the words of one sentence, without its ends.
        """
        sentence = ("^", *words, "$", "")  # nothing fits the last one
        hits: Hits = {}
        by_word, by_head = self._by_word, self._by_head
        for place, word in enumerate(sentence):
            if word in by_word:
                for phrase in by_word[word]:
                    _meet(phrase, sentence, place, hits)
            head = word[:_HEAD]
            if head in by_head:
                for stem, phrase in by_head[head]:
                    if word.startswith(stem):
                        _meet(phrase, sentence, place, hits)
            elif self._by_number and head.isdigit() and word.isdigit():
                for phrase in self._by_number:
                    _meet(phrase, sentence, place, hits)
        return hits

    def _add(self, name: str, steps: list[_Step], rarest: int) -> None:
        """Let one phrase wait at its rarest step."""
        before, after = tuple(reversed(steps[:rarest])), tuple(steps[rarest + 1 :])
        beside, way = _plain_words(after), 1
        if beside is None:
            beside, way = _plain_words(before), -1
        phrase = _Phrase(name, before, after, beside, way)
        step = steps[rarest]
        if step.anything:
            raise ValueError(f"{name}: a phrase of `_` alone")
        for word in step.words:
            self._by_word.setdefault(word, []).append(phrase)
        for stem in step.stems:
            self._by_head.setdefault(stem[:_HEAD], []).append((stem, phrase))
        if step.number:
            self._by_number.append(phrase)


def _write_out(steps: list[str]) -> list[list[str]]:
    """Return the phrases that steps with choices of several words (`ran~over`) stand for."""
    for place, step in enumerate(steps):
        if "~" not in step:
            continue
        choices = step.removesuffix("?").split("|")
        plain = "|".join(choice for choice in choices if "~" not in choice)
        ways = [[plain]] if plain else []
        ways += [choice.split("~") for choice in choices if "~" in choice]
        ways += [[]] if step.endswith("?") else []
        return [
            steps[:place] + way + rest for way in ways for rest in _write_out(steps[place + 1 :])
        ]
    return [steps]


def _read_step(written: str) -> _Step:
    """Return one written step."""
    choices = [choice for choice in written.removesuffix("?").split("|") if choice]
    stems = tuple(choice[:-1] for choice in choices if choice.endswith("*"))
    if any(len(stem) < _HEAD for stem in stems):
        raise ValueError(f"stem too short in {written!r}")
    words = frozenset(choice for choice in choices if choice not in "_N" and choice[-1] != "*")
    return _Step(words, stems, "N" in choices, "_" in choices, written.endswith("?"))


def _spread(step: _Step, common: Counter[str]) -> int:
    """Return how often a step may be met, roughly: words used in many phrases are common ones."""
    if step.anything:
        return _ANYTHING
    return sum(common[word] for word in step.words) + _STEM_COUNTS * len(step.stems)


def _plain_words(steps: tuple[_Step, ...]) -> frozenset[str] | None:
    """Return the words of the nearest step if one of them must stand there, else None."""
    if not steps:
        return None
    step = steps[0]
    return None if step.optional or step.stems or step.number or step.anything else step.words


def _meet(phrase: _Phrase, sentence: tuple[str, ...], place: int, hits: Hits) -> None:
    """Note a phrase that is whole around `place`."""
    if phrase.beside is not None and sentence[place + phrase.beside_way] not in phrase.beside:
        return
    end: int | None = place + 1
    start: int | None = place - 1
    if phrase.after:
        end = _walk(phrase.after, sentence, place + 1, 1)
        if end is None:
            return
    if phrase.before:
        start = _walk(phrase.before, sentence, place - 1, -1)
    if start is not None and end is not None:
        span = max(start + 1, 1), min(end, len(sentence) - 2)  # `^` and `$` are no words
        hits.setdefault(phrase.name, []).append(span)


def _walk(steps: tuple[_Step, ...], sentence: tuple[str, ...], place: int, way: int) -> int | None:
    """Return the place after the last step, the furthest of several, or None."""
    places = [place]
    for step in steps:
        following = list(places) if step.optional else []
        for here in places:
            if 0 <= here < len(sentence) and _fits(step, sentence[here]):
                following.append(here + way)
        if not following:
            return None
        places = following
    return max(places) if way > 0 else min(places)


def _fits(step: _Step, word: str) -> bool:
    """Tell whether a word may stand at a step."""
    if word in step.words:
        return True
    if step.stems and word.startswith(step.stems):
        return True
    if step.number and word.isdigit():
        return True
    return step.anything and word not in _EDGES
