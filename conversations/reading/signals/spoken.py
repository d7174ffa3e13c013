"""`spoken`: a message as a line of plain words, the form all signals look at.

Folded, without apostrophes and punctuation; sentence ends stay as ` . `; the shorthand of text
messages is written out (`u` to `you`, `do not` to `dont`): one pattern meets many spellings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from conversations.data import read_toml
from conversations.reading.text import fold

# Marks of the Indic blocks are no "word" characters for Python but part of their words.
_MARKS = "\u0900-\u0963\u0966-\u0dff"
_APOSTROPHES = re.compile("['’`´ʼ]")
_ENDS = re.compile(r"[.!?;।؟؛۔。\n\r]+")
_REST = re.compile(rf"[^\w{_MARKS}.]+|_+")
_REPEATED_END = re.compile(r"(?: +\.)+")
# The same three steps for plain ASCII, in one pass.
_ASCII = str.maketrans(
    {chr(code): " " for code in range(128) if not chr(code).isalnum()}
    | dict.fromkeys(".!?;\n\r", " . ")
    | dict.fromkeys("'`", "")
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message in plain words.

    Attributes:
        folded: what `fold` returned.
        line: words and ` . ` between single blanks, with one blank at either end.
        words: the words of the line, without sentence ends.
    """

    folded: str
    line: str
    words: tuple[str, ...]


@lru_cache(maxsize=4)
def spoken(text: str) -> Spoken:
    """Return `text` as plain words. The few latest are remembered, as many signals ask for one."""
    folded = fold(text.replace("\n", " . ").replace("\r", " . "))
    line = to_line(folded)
    words = tuple(word for word in line.split() if word != ".")
    return Spoken(folded, line, words)


def to_line(folded: str) -> str:
    """Return a folded text as a line of plain words; see `Spoken.line`."""
    for written, meant in _contractions():
        if written in folded:
            folded = folded.replace(written, meant)
    if folded.isascii():
        plain = _REPEATED_END.sub(" .", folded.translate(_ASCII))
    else:
        plain = _REST.sub(" ", _ENDS.sub(" . ", _APOSTROPHES.sub("", folded)))
    single, pairs = _shorthand()
    line = " " + " ".join(single.get(word, word) for word in plain.split()) + " "
    for pair, short in pairs:
        if pair in line:
            line = line.replace(pair, short)
    return line


def plain_forms(phrase: str) -> set[str]:
    """Return how a listed phrase may stand in a line, without outer blanks.

    Short Cyrillic words fold differently alone (as look-alikes) and among other Cyrillic words.
    """
    among = to_line(fold("слово " + phrase)).strip().partition(" ")[2]
    return {to_line(fold(phrase)).strip(), among} - {""}


@cache
def _contractions() -> tuple[tuple[str, str], ...]:
    """Return what to write differently while apostrophes are still there ("od'd")."""
    return tuple(read_toml("reading/signals/words/shorthand.toml")["contractions"].items())


@cache
def _shorthand() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return single words and word pairs to write differently."""
    table = read_toml("reading/signals/words/shorthand.toml")
    pairs = tuple((f" {long} ", f" {short} ") for long, short in table["pairs"].items())
    return table["single"], pairs
