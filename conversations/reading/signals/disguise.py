"""Letters disguised to dodge word lists, written as they look: `k1ll`, `s u i c i d e`, `mуself`.

`text.fold` has done the commonest look-alikes; here are spelling apart, numbers and signs for
letters, rarer look-alikes in words that are otherwise Latin, and stretched letters.
"""

from __future__ import annotations

import re

from conversations.reading.signals.spoken import Spoken, to_line

# What gives a disguise away, each cheaper to look for than to undo.
_SIGN_INSIDE = re.compile(
    r"[a-z](?:[0-9@$*!|¡]+|[.*_-](?=[ilcdue1]))[a-z0-9]|(?<!\w)[0-9$@!][a-z]{2}"
)
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_SPELLED_OUT = 3  # single letters in a row
_SPELLED = re.compile(r"(?<!\w)(?:[a-z][ .*_-]{1,2}){2,11}[a-z](?!\w)")
_JOINED = re.compile(r"(?<=[a-z])[.*_-](?=[a-z])")
_MIXED_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-z]")
_LEET = str.maketrans("013457@$*!|¡", "oieastasiili")
_LEET_WORD = re.compile(
    r"(?<![\w@$])[a-z0-9@$*!|]*[a-z][0-9@$*!|¡]+[a-z][a-z0-9@$*!|]*|(?<!\w)[$5!1]u[a-z0-9!]+"
)
_APART = re.compile(r"[ .*_-]+")
_LOOKALIKES = str.maketrans(
    dict(zip("квмнтгзбӏɪʟᴋѕαετμβηωєѵɩłøđƙƁҝḳ", "kbmhtrzblilksaetubhwevilodkbkk", strict=True))
)


def undisguise(said: Spoken) -> tuple[str, ...]:
    """Return the lines of plain words a text may stand for besides its own; most often none."""
    folded = said.folded
    if not _may_be_disguised(said):
        return ()
    plain = _MIXED_WORD.sub(_write_in_latin, folded)
    plain = _LEET_WORD.sub(_write_in_letters, plain)
    plain = _SPELLED.sub(lambda found: _APART.sub("", found[0]), plain)
    readings = {to_line(plain), to_line(_JOINED.sub("", plain))}
    if "1" in folded:  # an i in most words, an l in some
        readings.add(to_line(_LEET_WORD.sub(_write_with_l, folded)))
    if _STRETCHED.search(plain):
        readings |= {
            to_line(_STRETCHED.sub(r"\1", plain)),
            to_line(_STRETCHED.sub(r"\1\1", plain)),
        }
    return tuple(sorted(readings - {to_line(folded)}))


def _may_be_disguised(said: Spoken) -> bool:
    """Tell whether anything in the text looks like a disguise."""
    folded = said.folded
    if not folded.isascii() or _SIGN_INSIDE.search(folded) or _STRETCHED.search(folded):
        return True
    alone = 0
    for word in said.words:
        alone = alone + 1 if len(word) == 1 else 0
        if alone == _SPELLED_OUT:
            return True
    return False


def _write_in_letters(found: re.Match[str]) -> str:
    """Return a word with the letters its numbers and signs stand for; `m80s` is none."""
    word = found[0]
    letters = sum(char.isalpha() for char in word)
    return word.translate(_LEET) if letters > len(word) - letters else word


def _write_with_l(found: re.Match[str]) -> str:
    """Return a word whose ones are an l: `ki11`."""
    return found[0].replace("1", "l").translate(_LEET) if found[0].count("1") < 3 else found[0]


def _write_in_latin(found: re.Match[str]) -> str:
    """Return a word that mixes Latin with look-alike letters in Latin only."""
    word = found[0]
    return word.translate(_LOOKALIKES) if not word.isascii() and _LATIN.search(word) else word
