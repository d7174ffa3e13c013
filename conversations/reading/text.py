"""Folding text to a form that can be compared. Every reader starts from `fold` or `tokens`."""

from __future__ import annotations

import re
import unicodedata

# Letters that look like Latin ones, used to dodge word lists or typed on a wrong keyboard.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁɡıιοκν", "aeopcyxijsdgiiokv")
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_HAS_CYRILLIC_WORD = re.compile("[а-яё]{3,}")
MAX_CHARACTERS = 1600


def fold(text: str) -> str:
    """Return `text` casefolded, without accents, invisible characters and repeated blanks.

    Cyrillic and Greek look-alikes are turned into Latin letters, except in text that holds real
    Cyrillic words. At most `MAX_CHARACTERS` characters are looked at.
    """
    text = text[:MAX_CHARACTERS]
    if text.isascii():  # most texts; nothing to take off
        return " ".join(text.casefold().split())
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    plain = "".join(
        char for char in unicodedata.normalize("NFD", clean) if not unicodedata.combining(char)
    )
    if not _HAS_CYRILLIC_WORD.search(plain):
        plain = plain.translate(_LOOKALIKES)
    return _SPACE.sub(" ", plain.replace("’", "'")).strip()


def tokens(folded: str) -> list[str]:
    """Return the words and numbers of a folded text in order, without punctuation."""
    return _TOKEN.findall(folded)
