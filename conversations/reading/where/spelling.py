"""Spelling: misspelt words of the city's street names (`flatbsh ave`, `fith avenue`).

A word is mended only when nothing knows it as it is, one of the city's words differs from it by a
slip of the finger, and with that word it makes a street of the city together with what stands
around it. It is then known to be a street, but handed on as typed, since a street that the list
lacks may differ from a listed one by a letter (Hallock, Halleck): whether it exists is the
geocoder's to say. Only words that are no names (`fith`, `avanue`) are handed on put right.
"""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from conversations.reading.where import words
from conversations.reading.where.grammar import attached
from conversations.reading.where.names import NameIndex, key_of
from conversations.reading.where.pieces import Kind, Piece

_SHORTEST = 6  # shorter names have too many neighbours
_SHORTEST_ORDINAL = 4  # `fith`; there are twelve of them only
_LONG = 9  # from this length on two slips are forgiven
_MOST_TRIES = 6  # words looked up in one message, so that no message takes long
_MOST_CANDIDATES = 3
_WIDEST = 3  # words of a name before and after the misspelt one
_JOINS = frozenset(["and", "&", "at", "@", "y", "con"])
_ORDINALS = tuple(word for word in words.ORDINALS if word.isalpha() and len(word) > 3)
_NO_NAMES = words.HARD_TYPES | set(words.ORDINALS.values())
_KNOWN = (
    words.COMMON | words.STOP | words.SPELLINGS.keys() | words.SPANISH_TYPES.keys()
    | words.CUES | words.NAMED | words.FILLERS | words.PLACE_NOUNS | words.STATE_NAMES
    | words.PERSONS | words.HIGHWAYS
)  # fmt: skip


def mend(pieces: list[Piece], index: NameIndex) -> None:
    """Set `key`, and `mended` where it is no name, of misspelt words of the city's streets."""
    tries = 0
    for at, piece in enumerate(pieces):
        if piece.kind is not Kind.WORD or not _unknown(piece.low, index):
            continue
        if tries >= _MOST_TRIES:
            return
        shortened = len(piece.low) < _SHORTEST
        if shortened and not _before_type(pieces, at):
            continue
        tries += 1
        found = _right_word(pieces, at, _ORDINALS if shortened else index.spelt, index)
        if found:
            piece.key = key_of(found)
            piece.mended = found if piece.key in _NO_NAMES else ""


def mended_words(pieces: list[Piece]) -> str | None:
    """Return the pieces as one text with their misspelt words put right; None when none is."""
    if not any(piece.mended for piece in pieces):
        return None
    return " ".join(_as_typed(piece.raw, piece.mended) for piece in pieces)


def _as_typed(raw: str, mended: str) -> str:
    """Return the right word in the case of the typed one."""
    if not mended:
        return raw
    if raw.isupper():
        return mended.upper()
    return mended.capitalize() if raw[0].isupper() else mended


def _unknown(low: str, index: NameIndex) -> bool:
    """Return whether nobody knows the word, so that it may be a slip."""
    if low in _KNOWN or low in index.known:
        return False
    return len(low) >= _SHORTEST_ORDINAL and low.isascii()


def _before_type(pieces: list[Piece], at: int) -> bool:
    return (
        at + 1 < len(pieces) and pieces[at + 1].key in words.HARD_TYPES and attached(pieces, at + 1)
    )


def _right_word(
    pieces: list[Piece],
    at: int,
    vocabulary: tuple[str, ...] | dict[str, list[str]],
    index: NameIndex,
) -> str | None:
    """Return the word of a street's name that was meant by piece `at`, or None."""
    low = pieces[at].low
    choices = vocabulary.get(low[0], []) if isinstance(vocabulary, dict) else vocabulary
    slips = 2 if len(low) >= _LONG else 1
    near = process.extract(
        low, choices, scorer=OSA.distance, score_cutoff=slips, limit=_MOST_CANDIDATES
    )
    pointed = _pointed_at(pieces, at, index)
    for word, slipped, _ in near:
        if word[0] == low[0] and _makes_street(pieces, at, key_of(word), index, pointed):
            return str(word)
        if slipped > 1:
            return None
    return None


def _pointed_at(pieces: list[Piece], at: int, index: NameIndex) -> bool:
    """Return whether what stands beside it says that a street is meant: `123 flatbsh`."""
    if at > 0 and attached(pieces, at):
        before = pieces[at - 1]
        house = before.kind is Kind.HOUSE or (before.kind is Kind.NUMBER and len(before.low) > 1)
        if house or (before.low in words.ROAD_LEADS and len(pieces[at].low) > _SHORTEST):
            return True
        if before.low in _JOINS and at > 1 and _is_street(pieces[at - 2], index):
            return True
    if at + 1 >= len(pieces) or pieces[at + 1].low not in _JOINS:
        return False
    return any(_is_street(piece, index) for piece in pieces[at + 2 : at + 4])


def _is_street(piece: Piece, index: NameIndex) -> bool:
    """Return whether one word is likely part of a street: `5th`, `82`, `ave`, `atlantic`."""
    if piece.kind in (Kind.NUMBER, Kind.ORDINAL) or piece.key in words.HARD_TYPES:
        return True
    return piece.key in index.cores and piece.low not in words.COMMON


def _makes_street(pieces: list[Piece], at: int, key: str, index: NameIndex, pointed: bool) -> bool:
    """Return whether the words around `at`, with `key` in its place, are a street of the city."""
    first = at
    while first > 0 and at - first < _WIDEST and attached(pieces, first):
        first -= 1
    last = at + 1
    while last < len(pieces) and last - at < _WIDEST and attached(pieces, last):
        last += 1
    keys = [piece.key for piece in pieces[first:last]]
    keys[at - first] = key
    for start in range(at - first + 1):
        for end in range(len(keys), at - first, -1):
            name = " ".join(keys[start:end])
            if name in index.streets or (pointed and name in index.cores):
                return True
    return False
