"""Letters disguised to dodge word lists, written as they look: `k1ll`, `s u i c i d e`, `mуself`.

`text.fold` has done the commonest look-alikes; here are spelling apart, numbers and signs for
letters, rarer look-alikes in words that are otherwise Latin, and stretched letters.
"""

from __future__ import annotations

import re

from conversations.reading.signals.spoken import to_line

_HINT = re.compile(
    r"[a-z][0-9@$*!|]+[a-z]|(?<!\w)[0-9$@!][a-z]{2}"
    r"|(?:(?<!\w)[a-z][ .*_-]){3}|([a-z])\1\1|[^\x00-\x7f]"
)
_SPELLED = re.compile(r"(?<!\w)(?:[a-z][ .*_-]{1,2}){2,11}[a-z](?!\w)")
_JOINED = re.compile(r"(?<=[a-z])[.*_-](?=[a-z])")
_MIXED_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-z]")
_LEET = str.maketrans("013457@$*!|", "oieastasiil")
_LEET_WORD = re.compile(
    r"(?<![\w@$])[a-z0-9@$*!|]*[a-z][0-9@$*!|]+[a-z][a-z0-9@$*!|]*|(?<!\w)[$5!1]u[a-z0-9!]+"
)
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_APART = re.compile(r"[ .*_-]+")
_LOOKALIKES = str.maketrans(
    dict(zip("квмнтгзбӏɪʟᴋѕαετμβηωєѵɩłøđƙƁҝḳ", "kbmhtrzblilksaetubhwevilodkbkk", strict=True))
)


def undisguise(folded: str) -> tuple[str, ...]:
    """Return the lines of plain words a folded text may stand for besides its own; often none."""
    if not _HINT.search(folded):
        return ()
    plain = _MIXED_WORD.sub(_write_in_latin, folded)
    plain = _LEET_WORD.sub(lambda found: found[0].translate(_LEET), plain)
    plain = _SPELLED.sub(lambda found: _APART.sub("", found[0]), plain)
    readings = {to_line(plain), to_line(_JOINED.sub("", plain))}
    if _STRETCHED.search(plain):
        readings |= {
            to_line(_STRETCHED.sub(r"\1", plain)),
            to_line(_STRETCHED.sub(r"\1\1", plain)),
        }
    return tuple(sorted(readings - {to_line(folded)}))


def _write_in_latin(found: re.Match[str]) -> str:
    """Return a word that mixes Latin with look-alike letters in Latin only."""
    word = found[0]
    return word.translate(_LOOKALIKES) if not word.isascii() and _LATIN.search(word) else word
