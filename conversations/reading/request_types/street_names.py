"""Street names hide words that look like complaints: `Water St`, `Tree Lane`, `Church Ave`.

`hide_names` takes such a name out before the lexicon is asked, so that an address never decides
what a report is about. The reading of addresses itself is `reading/where`.
"""

from __future__ import annotations

HIDDEN = "_"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALWAYS = _words("ave avenue av blvd boulevard rd ln pkwy parkway terrace tpke turnpike hwy expwy")
_SOMETIMES = _words("st street road lane drive dr place pl court ct sq square plaza")
_BEFORE_NAME = _words(
    "on at of and near from between off along corner to by in cross & @ en calle esquina"
)
_NOT_A_NAME = _words(
    "the this my our your a every each that whole same side main dirty dark icy flooded broken "
    "busy quiet narrow public city one way residential private entire next these those some "
    "other cross another long bumpy paved traffic"
)


def hide_names(words: list[str]) -> list[str]:
    """Return the words with every word that is plainly a street's name replaced by `_`."""
    shown = list(words)
    for at in range(1, len(words)):
        kind, name = words[at], words[at - 1]
        if name in _NOT_A_NAME:
            continue
        named = kind in _ALWAYS or (
            kind in _SOMETIMES
            and at >= 2
            and (words[at - 2] in _BEFORE_NAME or words[at - 2][0].isdigit())
        )
        if named:
            shown[at - 1] = HIDDEN
    return shown
