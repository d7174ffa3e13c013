"""Slips of the pen in words of danger: "fier in the bilding", "cant breeth", "esta inconsiente".

Only words that no word list knows are looked at, and only against the few words that tell of
danger; what comes out is one more reading of the message (`emergency.py`), never the only one.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from conversations.data import list_files, read_toml
from conversations.reading.signals.patterns import read_words

_SHORTEST = 4
_SWAPS_ONLY = 5  # up to this length only two letters in the wrong order are a slip
_LONG = 9  # from this length on two slips are forgiven
_REMEMBERED = 8192
_EMERGENCY = "reading/signals/words/emergency"
_LEXICON = "reading/lexicon"
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ers", "y", "ly", "n", "r", "o", "a", "os", "as")


def mend(line: str) -> str:
    """Return a line of plain words (`Spoken.line`) with misspelled words of danger put right."""
    words = line.split()
    mended = [_mend_word(word) for word in words]
    return line if mended == words else f" {' '.join(mended)} "


@lru_cache(maxsize=_REMEMBERED)
def _mend_word(word: str) -> str:
    """Return the word of danger an unknown word was probably meant to be, else the word."""
    if len(word) < _SHORTEST or not word.isalpha() or not word.isascii() or _is_known(word):
        return word
    slips = 2 if len(word) >= _LONG else 1
    near = _targets().get(word[0], ())
    found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
    if found is None:
        return word
    if len(word) <= _SWAPS_ONLY and sorted(word) != sorted(found[0]):
        return word
    return found[0]


def _is_known(word: str) -> bool:
    """Tell whether a word, or what it is derived from, is spelled right as it stands."""
    known = _known()
    if word in known:
        return True
    return any(word.endswith(ending) and word[: -len(ending)] in known for ending in _ENDINGS)


@cache
def _targets() -> dict[str, list[str]]:
    """Return the words of danger by their first letter."""
    found: dict[str, list[str]] = defaultdict(list)
    for words in read_words("danger_spelling")["meant"].values():
        for word in words:
            found[word[0]].append(word)
    return dict(found)


@cache
def _known() -> frozenset[str]:
    """Return every word that one of the word lists uses: it is no slip."""
    listed = [word for words in read_words("danger_spelling")["right"].values() for word in words]
    for folder in (_EMERGENCY, _LEXICON):
        for path in list_files(folder, "*.toml"):
            listed += _words_in(read_toml(path))
    return frozenset(listed)


def _words_in(value: object) -> list[str]:
    """Return the words written anywhere in a table read from TOML, keys too."""
    if isinstance(value, str):
        plain = "".join(char if char.isalpha() else " " for char in value)
        return plain.split()
    if isinstance(value, dict):
        return [word for key, part in value.items() for word in (*_words_in(key), *_words_in(part))]
    if isinstance(value, list):
        return [word for part in value for word in _words_in(part)]
    return []
