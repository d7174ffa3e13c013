"""`TypeReader`: the request types a message may be about, best first.

A score is the chance that the type is right, from 0 to 1: at 0.6 and above it is enough to
confirm it; from 0.3 it is worth offering among numbered choices; below that it says nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from conversations.reading.request_types.cues import CueIndex
from conversations.reading.request_types.hints import Hints
from conversations.reading.request_types.kin import Kinship
from conversations.reading.request_types.learned import LearnedScores
from conversations.reading.request_types.lexicon import (
    Weights,
    families_of,
    load_languages,
    load_weights,
)
from conversations.reading.request_types.spelling import Speller
from conversations.reading.request_types.stems import little_words, stems
from conversations.reading.request_types.street_names import hide_names
from conversations.reading.result import TypeGuess
from conversations.vocabulary.city import City
from conversations.vocabulary.requests import RequestType

FADE = 0.45  # a second cue for the same concept counts this much of the first, and so on
NOTHING = 1.4  # the score that "no complaint at all" starts with
SAID = 4.5  # a concept with at least one sure cue was really said ...
SPECIAL = 3.0  # ... and then leads its family's plain case by this much, within one type
HINT = 1.5  # how much a word that stands in a concept's cues counts by itself
LEAST_LEARNED = 0.1  # without any cue, words must speak at least this loud for a family
UNHEARD = 0.21  # without any cue, a guess below this is none: "thank you so much", "the other one"
UNHEARD_LONG = 0.1  # the same in a message of many words, which is more often a complaint
LONG_TEXT = 9
FAR = 8.0  # a concept so far behind the best is looked at only where few others are
MANY = 8
LONG_WORD = 5  # a shorter word may belong to two languages
MOST_WORDS = 300  # words looked at; a text message has fewer


def faded_sum(weights: list[float]) -> float:
    """Return the sum of cue weights, each further one counting less than the one before."""
    if len(weights) == 1:
        return weights[0]
    total = 0.0
    share = 1.0
    for weight in sorted((w for w in weights if w > 0), reverse=True):
        total += weight * share
        share *= FADE
    return total + sum(w for w in weights if w < 0)


class TypeReader:
    """Reads request types for one city. Building it reads the lexicon; reading does no I/O.

    Args:
        city: its `concepts` say which concepts exist there and what they are called.
        weights: learned weights to use instead of those in the lexicon (for measuring).
    """

    def __init__(self, city: City, weights: Weights | None = None) -> None:
        languages = load_languages()
        families = families_of(languages)
        names = [name for name in families if name in city.concepts]
        number = {name: at for at, name in enumerate(names)}
        self._types: list[RequestType] = [city.request_types[city.concepts[n]] for n in names]
        self._folded = [kind.complaint_type.casefold() for kind in self._types]
        self.families: list[str] = [families[name] for name in names]
        self._first: dict[str, int] = {}
        for at, family in enumerate(self.families):
            self._first.setdefault(family, at)
        self._indexes = [
            CueIndex(language.code, language.classes, language.concepts, number)
            for language in languages
        ]
        self._hints = {index.language: Hints(index.cues, len(names)) for index in self._indexes}
        weights = weights or load_weights("en")
        self._kinship = Kinship(names, self.families, self._folded, weights.texts)
        self._scale = weights.scale
        self._learned = LearnedScores(weights)
        own = {language.code: language.words() for language in languages}
        self._marks = {
            code: frozenset(w for w in words if len(w) >= LONG_WORD) - own["en"]
            | little_words(code)
            for code, words in own.items()
        }
        ordinary = {word for language in languages for word in language.ordinary}
        self._speller = Speller(frozenset().union(*own.values()), ordinary)

    def read(self, folded: str, words: list[str], language: str) -> tuple[TypeGuess, ...]:
        """Return up to three guesses with different complaint types, best first.

        Args:
            folded: the text as `reading.text.fold` returns it.
            words: its `reading.text.tokens`.
            language: ISO 639-1 code of the text; a hint only, people mix languages.
        """
        if not words:
            return ()
        mended = self.mend(words)
        found = self._cue_weights(mended, language)
        heard = any(weight > 0 for weights in found.values() for weight in weights)
        loudest = {concept: max(weights) for concept, weights in found.items()}
        cues = {
            concept: faded_sum(weights)
            for concept, weights in found.items()
            if loudest[concept] > 0 or self._first[self.families[concept]] == concept
        }
        scores = self._scores(mended, cues)
        if heard or len(words) >= LONG_TEXT:
            self._add_hints(scores, mended, language)
        guesses = self._guesses(scores, loudest)
        if heard:
            return guesses
        least = UNHEARD if len(words) < LONG_TEXT else UNHEARD_LONG
        return guesses if guesses and guesses[0].score >= least else ()

    def mend(self, words: list[str]) -> list[str]:
        """Return the words without street names and with plain slips of the pen corrected."""
        correct = self._speller.correct
        return [correct(word) for word in hide_names(words[:MOST_WORDS])]

    def cue_scores(self, words: list[str], language: str) -> dict[int, float]:
        """Return the number of each concept that a cue speaks for, with its score.

        Args:
            words: as `mend` returns them.
            language: ISO 639-1 code of the text.
        """
        found = self._cue_weights(words, language)
        return {concept: faded_sum(weights) for concept, weights in found.items()}

    def _cue_weights(self, words: list[str], language: str) -> dict[int, list[float]]:
        """Return the number of each concept with the weights of its cues in the message.

        English cues are always looked for; those of another language only where the message is
        in it or shows one of its words, since short stems of two languages look alike.
        """
        weights: dict[int, list[float]] = defaultdict(list)
        for index in self._indexes:
            code = index.language
            if code not in ("en", language) and self._marks[code].isdisjoint(words):
                continue
            for concept, weight in index.find(stems(words, code)):
                weights[concept].append(weight)
        return weights

    def _add_hints(self, scores: dict[int, float], words: list[str], language: str) -> None:
        """Add what the words of the message suggest one by one."""
        hints = self._hints.get(language)
        if hints:
            for concept, hint in hints.read(set(stems(words, language))).items():
                scores[concept] = scores.get(concept, 0.0) + HINT * hint

    def _scores(self, words: list[str], cues: Mapping[int, float]) -> dict[int, float]:
        scale = self._scale
        scores = {concept: scale * score for concept, score in cues.items()}
        learned = self._learned.read(stems(words, "en"))
        spoken = {self.families[concept] for concept, score in scores.items() if score > 0}
        for family, score in learned.items():
            if score > LEAST_LEARNED and family not in spoken and family in self._first:
                scores.setdefault(self._first[family], 0.0)
        return {
            concept: score + learned.get(self.families[concept], 0.0)
            for concept, score in scores.items()
        }

    def _fit(self, concept: int, loudest: Mapping[int, float]) -> float:
        """Return how well a concept's descriptor fits: its most telling cue counts.

        "Loud TV" also speaks for loud noise of any sort, and more often; the descriptor should
        still say TV, so a concept that was really said leads the plain case of its family.
        """
        cue = loudest.get(concept, 0.0)
        plain = self._first[self.families[concept]] == concept
        return cue + (SPECIAL if cue >= SAID and not plain else 0.0)

    def _guesses(
        self, scores: Mapping[int, float], loudest: Mapping[int, float]
    ) -> tuple[TypeGuess, ...]:
        if not scores:
            return ()
        highest = max(NOTHING, max(scores.values()))
        total = math.exp(NOTHING - highest)
        by_type: dict[str, float] = defaultdict(float)
        best: dict[str, tuple[tuple[float, float], int]] = {}
        least = highest - FAR if len(scores) > MANY else -math.inf
        for concept, score in sorted(scores.items()):
            if score < least:
                continue
            share = math.exp(score - highest)
            total += share
            name = self._folded[concept]
            by_type[name] += share
            fit = (self._fit(concept, loudest), score)
            if name not in best or fit > best[name][0]:
                best[name] = (fit, concept)
        guesses = []
        chances = {name: share / total for name, share in by_type.items()}
        for choice in self._kinship.choose(chances, {name: at for name, (_, at) in best.items()}):
            kind = self._types[choice.concept]
            guesses.append(TypeGuess(kind.complaint_type, kind.descriptor, choice.score, kind.key))
        return tuple(guesses)
