"""Grammar: what one piece can be inside the name of a street, and how sure a street is.

The small judgements that all readers of streets share.
"""

from __future__ import annotations

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


def longest_known(
    pieces: list[Piece], at: int, names: dict[str, tuple[str, ...]], index: NameIndex
) -> int:
    """Return the end of the longest known name that starts at `at`, or `at`."""
    limit = index.longest.get(pieces[at].key, 0)
    end = at + 1
    while end < len(pieces) and end - at < limit and attached(pieces, end):
        end += 1
    for stop in range(min(end, at + limit), at, -1):
        if " ".join(piece.key for piece in pieces[at:stop]) in names:
            return stop
    return at
