"""Bare names: a street called by less than its full name, where a street must stand.

`5th and main`, `between N 6 and N 7`, `on Livingston`. Only the callers know that a street must
stand there; here it is said which words it would be and how sure that is.
"""

from __future__ import annotations

from conversations.reading.where import words
from conversations.reading.where.grammar import (
    Street,
    Sure,
    attached,
    longest_known,
    nameable,
    ordinary,
)
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece

# Nouns of places that are never the short name of a street, as `Church` or `College` are.
_NO_STREETS = frozenset(
    {"school", "library", "station", "hospital", "playground", "houses", "building", "apartments"}
)
_NOT_COUNTED = frozenset(["a", "and", "of", "or", "the", "in"])
_SHORT_TYPE = 3  # letters of `rd`; a street may be called the Boulevard, or Blvd
_EVERYWHERE = "main"  # the commonest name of a street


def bare_street_after(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    """Return a street without type that starts at `at`: `42`, `5th`, `W 42nd`, `main`, `Berry`."""
    start = at
    if pieces[at].key in words.DIRECTIONS and at + 1 < len(pieces) and attached(pieces, at + 1):
        at += 1
    piece = pieces[at]
    if piece.kind in (Kind.ORDINAL, Kind.NUMBER):
        return _number_street(pieces, start, at, index)
    known = longest_known(pieces, at, index.cores, index)
    if known - at > 1:
        return Street(start, known, Sure.KNOWN)
    sure = _word_sure(piece, known > at)
    if sure is Sure.NO or (ordinary(piece) and _goes_on(pieces, at + 1)):
        return None
    end = at + 1
    while piece.cap and end < len(pieces) and end - at < 3 and attached(pieces, end):
        more = pieces[end]
        if not more.cap or not nameable(more) or more.low in words.COMMON or _area(more, index):
            break
        end += 1
    return Street(start, end, sure)


def _goes_on(pieces: list[Piece], at: int) -> bool:
    """`at the railroad crossing`: an everyday word with a noun behind it is no name."""
    if at >= len(pieces) or not attached(pieces, at) or pieces[at].kind is not Kind.WORD:
        return False
    low = pieces[at].low
    return low in words.COMMON and low not in words.STOP


def _area(piece: Piece, index: NameIndex) -> bool:
    return piece.low in index.boroughs or piece.key in index.neighbourhoods


def _opens_area(piece: Piece, index: NameIndex) -> bool:
    """`between 3 and 4 in brooklyn`: an area follows, and no inches are meant."""
    return piece.low in index.borough_starts or piece.key in index.neighbourhoods


def bare_street_before(pieces: list[Piece], end: int, index: NameIndex) -> Street | None:
    """Return a street without type that ends before piece `end`."""
    at = end - 1
    if at < 0 or (end < len(pieces) and pieces[end].gap is Break.HARD):
        return None
    piece = pieces[at]
    directed = at > 0 and pieces[at - 1].key in words.DIRECTIONS and attached(pieces, at)
    start = at - 1 if directed else at
    if piece.kind in (Kind.ORDINAL, Kind.NUMBER):
        return _number_street(pieces, start, at, index)
    for first in range(max(at - 3, 0), at):
        if longest_known(pieces, first, index.cores, index) == end:
            return Street(_with_type(pieces, first), end, Sure.KNOWN)
        if first < at and longest_known(pieces, first, index.streets, index) == end:
            return Street(first, end, Sure.KNOWN)
    sure = _word_sure(piece, piece.key in index.cores)
    if sure is not Sure.NO and _with_type(pieces, at) < at:
        return Street(at - 1, end, Sure.KNOWN)
    if sure is Sure.NO:
        return None
    while piece.cap and start > 0 and end - start < 3 and attached(pieces, start):
        more = pieces[start - 1]
        if not more.cap or not nameable(more) or more.low in words.COMMON:
            break
        start -= 1
    return Street(start, end, sure)


def _with_type(pieces: list[Piece], at: int) -> int:
    """Take in a type before the name, as in Spanish: `la av roosevelt y la 82`."""
    typed = at > 0 and pieces[at - 1].low in words.SPANISH_TYPES and attached(pieces, at)
    return at - 1 if typed else at


def _number_street(pieces: list[Piece], start: int, at: int, index: NameIndex) -> Street | None:
    """Return a numbered street without its type, unless the number counts something."""
    piece = pieces[at]
    if piece.kind is Kind.NUMBER and len(piece.low) > 3:
        return None
    if at + 1 < len(pieces) and attached(pieces, at + 1):
        after = pieces[at + 1]
        inches = (
            after.low == "in"
            and piece.kind is Kind.NUMBER
            and not (at + 2 < len(pieces) and _opens_area(pieces[at + 2], index))
        )
        if inches or (after.low in words.COUNTED and after.low not in _NOT_COUNTED):
            return None
    sure = Sure.WORD if piece.kind is Kind.NUMBER and start == at else Sure.KNOWN
    return Street(start, at + 1, sure)


def _word_sure(piece: Piece, known: bool) -> Sure:
    """Return how likely one word is a street where one may stand."""
    if (
        piece.low in _NO_STREETS
        or not nameable(piece)
        or len(piece.low) < 2
        or (piece.key in words.HARD_TYPES and len(piece.low) <= _SHORT_TYPE)
        or piece.key in words.DIRECTIONS
    ):
        return Sure.NO
    if piece.low in words.STATES and len(piece.raw) == 2 and piece.raw.isupper():
        return Sure.NO
    if piece.low == _EVERYWHERE and known:
        return Sure.KNOWN
    if ordinary(piece):
        return Sure.NAME if known and piece.low not in words.COUNTED else Sure.NO
    if known:
        return Sure.KNOWN if piece.low not in words.COMMON else Sure.NAME
    return Sure.NAME if piece.cap and not piece.first else Sure.WORD
