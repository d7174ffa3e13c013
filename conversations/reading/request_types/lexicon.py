"""The lexicon as values: every language's concepts, their families, and the learned weights.

Read once, when a reader is built. The files stand in `reading/lexicon/`: `<language>.toml` is
written by hand, `weights_<language>.toml` is counted from many texts by `scripts/train_reading.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conversations.data import list_files, read_toml

FOLDER = "reading/lexicon"
_NOT_CONCEPTS = ("classes", "ordinary")


@dataclass(frozen=True, slots=True)
class Language:
    """One language's part of the lexicon.

    Attributes:
        code: ISO 639-1.
        classes: class name to members.
        concepts: concept to its table of cues.
        ordinary: words that must never be "corrected" to a word of the lexicon.
    """

    code: str
    classes: Mapping[str, list[str]]
    concepts: Mapping[str, Mapping[str, Any]]
    ordinary: tuple[str, ...] = ()

    def words(self) -> frozenset[str]:
        """Return every single word that stands in a cue or a class."""
        cues = [
            cue
            for table in self.concepts.values()
            for strength, texts in table.items()
            if strength != "family"
            for cue in texts
        ]
        members = [member for found in self.classes.values() for member in found]
        return frozenset(
            word for cue in (*cues, *members) for word in cue.split() if word.isalpha()
        )


@dataclass(frozen=True, slots=True)
class Weights:
    """What many texts taught beside the cues.

    Attributes:
        scale: how much a hand-written cue counts beside the weights.
        full: with more known terms than this in a message, each counts less.
        terms: stem, or two stems with a blank, to its families.
        start: family to its starting score.
        texts: family to the number of texts that taught its weights.
    """

    scale: float = 1.0
    full: float = 12.0
    terms: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    start: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)


def load_languages() -> tuple[Language, ...]:
    """Return every language of the lexicon, sorted by code.

    Raises:
        ValueError: a file is not valid TOML, or a concept has no family anywhere.
    """
    languages = []
    for path in list_files(FOLDER, "??.toml"):
        table = read_toml(path)
        languages.append(
            Language(
                code=path[-7:-5],
                classes=table.get("classes", {}),
                concepts={k: v for k, v in table.items() if k not in _NOT_CONCEPTS},
                ordinary=tuple(table.get("ordinary", {}).get("words", ())),
            )
        )
    return tuple(languages)


def families_of(languages: tuple[Language, ...]) -> dict[str, str]:
    """Return concept to family, as the first language that knows the concept says.

    Raises:
        ValueError: a concept has no family in any language.
    """
    found: dict[str, str] = {}
    named = [name for language in languages for name in language.concepts]
    for language in languages:
        for name, table in language.concepts.items():
            if "family" in table:
                found.setdefault(name, table["family"])
    homeless = sorted(set(named) - set(found))
    if homeless:
        raise ValueError(f"{FOLDER}: concept {homeless[0]!r} has no family")
    return found


def load_weights(code: str) -> Weights:
    """Return the learned weights of a language; empty weights where none were learned."""
    path = f"{FOLDER}/weights_{code}.toml"
    if path not in list_files(FOLDER, "weights_*.toml"):
        return Weights()
    return weights_of(read_toml(path))


def weights_of(table: Mapping[str, Any]) -> Weights:
    """Return the weights that a table (as `scripts/train_reading.py` makes it) holds."""
    terms: dict[str, list[tuple[str, float]]] = {}
    for family, words in table["families"].items():
        for term, weight in words.items():
            terms.setdefault(term, []).append((family, float(weight)))
    return Weights(
        scale=float(table["scale"]),
        full=float(table["full"]),
        terms={term: tuple(pairs) for term, pairs in terms.items()},
        start={family: float(score) for family, score in table["start"].items()},
        texts={family: int(count) for family, count in table.get("texts", {}).items()},
    )
