"""Streets: recognising the name of a street from where it starts, or from its type backwards.

Shapes only (`W 42nd St`, `Avenue of the Americas`, `Beach 25th St`, `Highway 72`, `calle 5`) and
the names of the index. How sure we are is a `Sure`; what to make of it is decided by the callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from conversations.reading.where import words
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece

_LONGEST = 6
_ABBREVIATED = 4
_MAX_STREET_NUMBER = 3
_SERVICE = frozenset({"sr", "service", "extension", "exit"})


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


def street_from(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    """Return the street with a type, or listed in full, that starts at piece `at`."""
    if at >= len(pieces):
        return None
    end, sure = longest_known(pieces, at, index.streets, index), Sure.LISTED
    if end - at == 1 and ordinary(pieces[at]):
        end = at
    shaped = _shaped_end(pieces, at)
    if shaped > end:
        end, sure = shaped, Sure.TYPED
    if end == at:
        return None
    return Street(at, _with_tail(pieces, end), sure)


def _shaped_end(pieces: list[Piece], at: int) -> int:
    """Return the end of what has the shape of a street with its type, or `at`."""
    for shape in (_highway_end, _prefixed_end, _numbered_end, _named_end):
        end = shape(pieces, at)
        if end > at:
            return end
    return at


def _highway_end(pieces: list[Piece], at: int) -> int:
    """`Highway 72`, `Interstate 35`, `State Route 9`, `County Road 42`, `I-95`."""
    start = at
    if pieces[at].key in words.DIRECTIONS or pieces[at].low in ("state", "county", "us", "u"):
        at += 1
        if at >= len(pieces):
            return start
    if at + 1 >= len(pieces) or not attached(pieces, at + 1):
        return start
    number = pieces[at + 1]
    word = pieces[at].low
    road = word in words.HIGHWAYS or (at > start and word in ("road", "rd"))
    road = road or (word in words.STATES and pieces[at].raw.isupper())
    if road and number.kind is Kind.NUMBER and len(number.low) <= 4:
        return _with_tail(pieces, at + 2)
    return start


def _prefixed_end(pieces: list[Piece], at: int) -> int:
    """`Avenue J`, `Avenue of the Americas`, `calle 5`, `avenida de las Américas`."""
    piece = pieces[at]
    if piece.low not in words.SPANISH_TYPES and piece.key != "avenue":
        return at
    spanish = piece.low in ("calle", "avenida", "avda", "carretera", "camino", "c/", "bulevar")
    after = at + 1
    while after < len(pieces) and pieces[after].low in words.PARTICLES and after - at <= 3:
        after += 1
    if after >= len(pieces) or not attached(pieces, after):
        return at
    name = pieces[after]
    if spanish and name.kind in (Kind.NUMBER, Kind.ORDINAL):
        return after + 1
    if after == at + 1 and len(name.low) == 1 and name.kind is Kind.WORD and name.low not in "ayo&":
        return after + 1
    if after == at + 1 and name.raw in ("A", "Y", "O") and not spanish:
        return after + 1
    if name.kind is not Kind.WORD or not nameable(name) or (after == at + 1 and not spanish):
        return at
    if not (name.cap or spanish):
        return at
    end = after + 1
    while end < len(pieces) and end - after < 3 and nameable(pieces[end]) and attached(pieces, end):
        if not pieces[end].cap and pieces[end].key not in words.HARD_TYPES:
            break
        end += 1
    return end


def _numbered_end(pieces: list[Piece], at: int) -> int:
    """`5th ave`, `W 42 St`, `E 110th Street`."""
    start = at
    if pieces[at].key in words.DIRECTIONS and at + 1 < len(pieces) and attached(pieces, at + 1):
        at += 1
    piece = pieces[at]
    numbered = piece.kind is Kind.ORDINAL or (
        piece.kind is Kind.NUMBER and len(piece.low) <= _MAX_STREET_NUMBER
    )
    if not numbered:
        return start
    if at + 1 < len(pieces) and pieces[at + 1].low == "saint":
        return start
    if is_type(pieces, at + 1) or (at + 1 < len(pieces) and pieces[at + 1].low == "avenida"):
        return _extend_type(pieces, at + 2)
    return start


def _named_end(pieces: list[Piece], at: int) -> int:
    """One to five words of a name, then the type: `Dr M L King Jr Blvd`, `Brighton 3 Lane`."""
    start = at
    end = at + 1 if pieces[at].key in words.DIRECTIONS else at
    while end < len(pieces) and end - start < _LONGEST:
        piece = pieces[end]
        if end > start and not attached(pieces, end):
            return start
        if end > start and piece.key in words.TYPES:
            if not (piece.key in ("st", "dr") and end == start + 1 and _saint(pieces, start, end)):
                return _extend_type(pieces, end + 1)
        elif end > start and piece.kind in (Kind.NUMBER, Kind.ORDINAL):
            if not is_type(pieces, end + 1):
                return start
        elif not nameable(piece):
            return start
        end += 1
    return start


def _saint(pieces: list[Piece], start: int, at: int) -> bool:
    """`E St Nicholas Ave`: the `st` after a direction is a saint when a name and a type follow."""
    return (
        pieces[start].key in words.DIRECTIONS
        and at + 2 < len(pieces)
        and nameable(pieces[at + 1])
        and is_type(pieces, at + 2)
    )


def _extend_type(pieces: list[Piece], end: int) -> int:
    """Take in a second type that belongs to the name: `Ocean View Ave`, `Park Hill Ct`."""
    first = pieces[end - 1].key
    if is_type(pieces, end) and pieces[end].gap is Break.NONE:
        second = pieces[end]
        soft_first = first in words.SOFT_TYPES and first not in ("dr", "lane")
        if (soft_first and second.key in words.TYPES) or second.key == "extension":
            return end + 1
    return end


def _with_tail(pieces: list[Piece], end: int) -> int:
    """Take in a direction or a service road after the type: `7 Ave S`, `Parkway Sr North`."""
    if end < len(pieces) and pieces[end].low in _SERVICE and attached(pieces, end):
        end += 2 if pieces[end].low == "service" and end + 1 < len(pieces) else 1
    if end < len(pieces) and pieces[end].key in words.DIRECTIONS and attached(pieces, end):
        follower = pieces[end + 1] if end + 1 < len(pieces) else None
        if pieces[end].gap is not Break.NONE:
            return end
        if follower is None or follower.gap is not Break.NONE:
            return end + 1
        blocked = follower.low in words.MIXED_TAILS or follower.kind in (Kind.NUMBER, Kind.ORDINAL)
        return end if blocked or is_type(pieces, end + 1) else end + 1
    return end


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
            return Street(start, _with_tail(pieces, at + 1), Sure.LISTED)
    start = _name_start(pieces, first, at)
    if start >= at:
        return None
    alone = start == 0 and len(pieces) <= _LONGEST and pieces[at - 1].low not in words.COMMON
    if pieces[at].key in words.SOFT_TYPES and not pieces[at - 1].cap and not alone:
        return None
    end = _extend_type(pieces, at + 1)
    return Street(start, _with_tail(pieces, end), Sure.TYPED)


def whole_start(pieces: list[Piece], start: int) -> int:
    """Take in what a listed name is only the end of: `Red River St`, `N Fiske Ave`."""
    if pieces[start].key in words.DIRECTIONS:
        return start
    while start > 0 and pieces[start].cap and pieces[start - 1].cap and attached(pieces, start):
        before = pieces[start - 1]
        if before.low in words.COMMON or before.low in words.STOP or before.key in words.TYPES:
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
