"""Streets: recognising a street from where it starts, or from its type backwards.

Joins the shapes with the names that the city lists. What to make of a street is decided by the
callers.
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
from conversations.reading.where.pieces import Kind, Piece
from conversations.reading.where.shapes import extend_type, shaped_end, with_tail

_LONGEST = 6
_MAX_STREET_NUMBER = 3
_VERBS = frozenset({"walk", "run", "pass", "end", "view", "way", "point"})
_PLACES = frozenset({"park", "gardens", "bridge", "center", "mall", "plaza"})


def street_from(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    """Return the street with a type, or listed in full, that starts at piece `at`."""
    if at >= len(pieces):
        return None
    end, sure = longest_known(pieces, at, index.streets, index), Sure.LISTED
    if end - at == 1 and ordinary(pieces[at]):
        end = at
    shaped = shaped_end(pieces, at)
    if shaped > end:
        end, sure = shaped, Sure.TYPED
    if end == at:
        return None
    return Street(at, with_tail(pieces, end), sure)


def street_backwards(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    """Return the street whose type is piece `at`, when its name can be told from the words before.

    A known full name wins; otherwise words written like names, or at most two words that are not
    everyday ones.
    """
    first = at
    while first > 0 and at - first < _LONGEST - 1 and attached(pieces, first):
        before = pieces[first - 1]
        if before.kind in (Kind.NUMBER, Kind.ORDINAL) and first < at:
            break
        direction = before.key in words.DIRECTIONS
        if not (nameable(before) or direction or before.kind in (Kind.NUMBER, Kind.ORDINAL)):
            break
        first -= 1
    for start in range(first, at):
        full = " ".join(piece.key for piece in pieces[start : at + 1])
        if full in index.streets and not (at - start == 1 and _everyday(pieces[start], at, pieces)):
            start = whole_start(pieces, start)
            return Street(start, with_tail(pieces, at + 1), Sure.LISTED)
    start = _name_start(pieces, first, at)
    if start >= at:
        return None
    alone = start == 0 and len(pieces) <= _LONGEST and pieces[at - 1].low not in words.COMMON
    if pieces[at].key in words.SOFT_TYPES and not pieces[at - 1].cap and not alone:
        return None
    end = extend_type(pieces, at + 1)
    if _attribute(pieces, start, end) or _no_road(pieces, start, at):
        return None
    return Street(start, with_tail(pieces, end), Sure.TYPED)


def _attribute(pieces: list[Piece], start: int, end: int) -> bool:
    """`Replace street lamp`: the type only describes the noun behind it."""
    follows = end < len(pieces) and pieces[end].low in words.AFTER_NOUN
    name = pieces[start]
    return follows and end - start == 2 and (name.first or not name.cap or name.raw.isupper())


def _no_road(pieces: list[Piece], start: int, at: int) -> bool:
    """`Bayview park` is a place, `West end` a side of something."""
    if pieces[at].key in _PLACES:
        return True
    if pieces[at].low in _VERBS and pieces[at - 1].cap and not pieces[at].cap:
        return True
    only = at - start == 1 and pieces[start].key in words.DIRECTIONS
    return only and pieces[at].key in words.SOFT_TYPES


def everyday_name(pieces: list[Piece], street: Street) -> bool:
    """Return whether a listed name is also said in other meanings: `park place`, `love lane`."""
    name = pieces[street.start : street.end]
    if name[-1].key in words.HARD_TYPES or len(name) > 2:
        return False
    plain = all(piece.low in words.COMMON or piece.key in words.SOFT_TYPES for piece in name)
    return plain and not all(piece.cap for piece in name)


def whole_start(pieces: list[Piece], start: int) -> int:
    """Take in what a listed name is only the end of: `Red River St`, `N Fiske Ave`."""
    if pieces[start].key in words.DIRECTIONS:
        return start
    while start > 0 and pieces[start].cap and pieces[start - 1].cap and attached(pieces, start):
        before = pieces[start - 1]
        plain = before.low in words.COMMON and before.low not in words.NAME_LEADS
        if plain or before.low in words.STOP or before.key in words.TYPES:
            break
        start -= 1
    if start > 0 and attached(pieces, start):
        return _with_direction(pieces, start, 0)
    return start


def _everyday(name: Piece, at: int, pieces: list[Piece]) -> bool:
    """`no place`, `bike lane`: known names that are said in other meanings too."""
    return pieces[at].key in words.SOFT_TYPES and ordinary(name)


def _name_start(pieces: list[Piece], first: int, at: int) -> int:
    """Return where the name before the type at `at` starts, or `at` when there is no name."""
    nearest = pieces[at - 1]
    if at == first:
        return at
    if nearest.kind in (Kind.NUMBER, Kind.ORDINAL):
        long = nearest.kind is Kind.NUMBER and len(nearest.low) > _MAX_STREET_NUMBER
        return at if long else _with_direction(pieces, at - 1, first)
    alone = at == 1 == len(pieces) - 1 and nearest.cap
    if ordinary(nearest) and nearest.key not in words.DIRECTIONS and not alone:
        return at
    start = at - 1
    while start > first and at - start < _LONGEST - 1:
        before = pieces[start - 1]
        if nearest.cap:
            if not before.cap or (before.low in words.COMMON and before.first):
                break
        elif before.low in words.COMMON or at - start >= 2:
            break
        start -= 1
    return _with_direction(pieces, start, first)


def _with_direction(pieces: list[Piece], start: int, first: int) -> int:
    """Take in a direction right before the name: `n fiske ave`, `E 21st st`."""
    if start > first and pieces[start - 1].key in words.DIRECTIONS:
        return start - 1
    return start
