"""Patterns over a line of plain words, written in TOML so that a language is data.

A pattern is a regular expression over `Spoken.line` with two shorthands: ` ~3 ` stands for up to
three words between two others (never across a sentence end), and `{name}` for a part listed under
`[parts]`. Every pattern begins and ends at a word's edge. No pattern may repeat a group without a
bound: reading stays linear in the length of the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from conversations.data import read_toml
from conversations.reading.signals.spoken import plain_forms

_GAP = re.compile(r" ~(\d) ")
_PART = re.compile(r"\{([a-z_]+)\}")
_UNBOUNDED = re.compile(r"[)\]w.][*+]")
_INNERMOST = re.compile(r"\(\?:([^()]*)\)")
_PLAIN_START = re.compile(r"[a-z](?![?{])")
_MANY = 8  # alternatives from which sorting pays
_NEVER = re.compile(r"(?!)")


class Fragments(NamedTuple):
    """Listed phrases to find inside a line, Latin letters apart for speed."""

    latin: re.Pattern[str]
    other: re.Pattern[str]

    def occur_in(self, line: str) -> bool:
        """Tell whether any of the phrases stands in the line."""
        if self.latin.search(line):
            return True
        return not line.isascii() and self.other.search(line) is not None

    def take_out(self, line: str) -> str:
        """Return the line without the phrases."""
        return self.other.sub("#", self.latin.sub(" #", line))


def read_words(name: str) -> dict[str, Any]:
    """Return one word list of `signals/words/` as a dictionary."""
    return read_toml(f"reading/signals/words/{name}.toml")


def compile_patterns(patterns: Iterable[str], parts: Mapping[str, str]) -> re.Pattern[str]:
    """Return one expression that finds any of the patterns in a line.

    Raises:
        ValueError: a pattern could take more than linear time, or names an unknown part.
    """
    written = [_expand(pattern, parts) for pattern in patterns]
    if not written:
        return _NEVER
    # A blank in front instead of a look back: the search then jumps from word to word.
    return re.compile(rf" (?:{'|'.join(written)})(?!\S)")


def compile_by_language(
    table: Mapping[str, list[str]], parts: Mapping[str, str]
) -> re.Pattern[str]:
    """Return one expression for the patterns of all languages together."""
    return compile_patterns([item for items in table.values() for item in items], parts)


def gather_forms(table: Mapping[str, list[str]]) -> frozenset[str]:
    """Return the phrases of all languages as they may stand in a line."""
    return frozenset(
        form for phrases in table.values() for phrase in phrases for form in plain_forms(phrase)
    )


def compile_fragments(table: Mapping[str, list[str]]) -> Fragments:
    """Return what finds any listed phrase inside a line.

    For languages written without blanks or with changing word ends: a phrase may end inside a
    word, and begin inside one unless its letters are Latin.
    """
    forms = sorted(gather_forms(table), key=len, reverse=True)
    latin = [re.escape(form) for form in forms if form.isascii()]
    other = [re.escape(form) for form in forms if not form.isascii()]
    return Fragments(
        re.compile(f" (?:{'|'.join(latin)})") if latin else _NEVER,
        re.compile("|".join(other)) if other else _NEVER,
    )


def _expand(pattern: str, parts: Mapping[str, str]) -> str:
    """Return a pattern with its shorthands written out."""
    known = pattern
    for _ in range(3):  # parts may name parts, three deep
        known = _PART.sub(lambda found: f"(?:{parts[found[1]]})", known)
    if _UNBOUNDED.search(known):
        raise ValueError(f"pattern without a bound: {pattern}")
    spaced = _GAP.sub(lambda found: rf"(?: [^\s.]+){{0,{found[1]}}} ", known)
    return _INNERMOST.sub(_sort_by_letter, spaced)


def _sort_by_letter(found: re.Match[str]) -> str:
    """Return a long list of alternatives as one that looks at the first letter only once.

    Python tries alternatives one by one; with eighty words at every word of a message that is most
    of the time spent.
    """
    choices = found[1].split("|")
    if len(choices) < _MANY or not all(_PLAIN_START.match(choice) for choice in choices):
        return found[0]
    letters: dict[str, list[str]] = {}
    for choice in choices:
        letters.setdefault(choice[0], []).append(choice[1:])
    groups = (f"{letter}(?:{'|'.join(rests)})" for letter, rests in letters.items())
    return f"(?:{'|'.join(groups)})"
