"""Grammar: what one piece can be inside the name of a street, and how sure a street is.

The small judgements that all readers of streets share.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import IntEnum

from conversations.reading.where import words
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece

_ABBREVIATED = 4


class Sure(IntEnum):
    """How sure it is that these words are a street."""

    NO = 0
    WORD = 1  # an ordinary word or a bare number: only where a street must stand
    NAME = 2  # a word written like a name, or a bare known name that is also a word
    KNOWN = 3  # a known name without its type, an ordinal, a direction with a number
    TYPED = 4  # has its type
    LISTED = 5  # in the gazetteer, in full


@dataclass(frozen=True, slots=True)
class Street:
    """A street found in pieces `start` to `end` (exclusive)."""

    start: int
    end: int
    sure: Sure


def attached(pieces: list[Piece], at: int) -> bool:
    """Return whether piece `at` follows the one before without a break within a name."""
    piece = pieces[at]
    if piece.gap is Break.NONE:
        return True
    before = pieces[at - 1].low
    return piece.dot and (
        len(before) <= 2
        or (len(before) <= _ABBREVIATED and before in words.SPELLINGS and before[-1:] != "e")
    )


def nameable(piece: Piece) -> bool:
    """Return whether the piece may be part of a street's name."""
    if piece.kind is not Kind.WORD:
        return False
    if len(piece.low) == 1:
        return piece.low not in "yo" and (piece.low != "a" or piece.raw == "A")
    return piece.low not in words.STOP


def ordinary(piece: Piece) -> bool:
    """Return whether the piece is an everyday word not written like a name."""
    common = piece.low in words.COMMON or piece.low in words.STOP
    return common and (not piece.cap or piece.first or piece.low in words.CALENDAR)


def is_type(pieces: list[Piece], at: int) -> bool:
    """Return whether piece `at` is a street type attached to what stands before it."""
    return at < len(pieces) and pieces[at].key in words.TYPES and attached(pieces, at)


def names_at(pieces: list[Piece], at: int, index: NameIndex) -> list[tuple[int, str]]:
    """Return (end, name in keys) for every beginning of a known name at `at`, shortest first."""
    name = pieces[at].key
    found: list[tuple[int, str]] = []
    end = at + 1
    while name in index.begins:
        found.append((end, name))
        if end >= len(pieces) or not attached(pieces, end):
            break
        name = f"{name} {pieces[end].key}"
        end += 1
    return found


def longest_known(pieces: list[Piece], at: int, names: Container[str], index: NameIndex) -> int:
    """Return the end of the longest name that starts at `at` and is in `names`, or `at`."""
    for end, name in reversed(names_at(pieces, at, index)):
        if name in names:
            return end
    return at
