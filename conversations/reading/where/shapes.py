"""Shapes: where a street ends that starts at a given piece, by its shape alone.

`W 42nd St`, `Avenue of the Americas`, `Beach 25th St`, `Highway 72`, `calle 5`. No list of a
city's streets is used here.
"""

from __future__ import annotations

from conversations.reading.where import words
from conversations.reading.where.grammar import attached, is_type, nameable
from conversations.reading.where.pieces import Break, Kind, Piece

_LONGEST = 6
_MAX_STREET_NUMBER = 3
_SERVICE = frozenset({"sr", "service", "extension"})


def shaped_end(pieces: list[Piece], at: int) -> int:
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
        return with_tail(pieces, at + 2)
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
    if after == at + 1 and not spanish and name.cap and _spanish_follows(pieces, after + 1):
        return after + 1
    if name.kind is not Kind.WORD or not nameable(name) or (after == at + 1 and not spanish):
        return at
    if not (name.cap or spanish) or (name.low in words.COMMON and not name.cap):
        return at
    end = after + 1
    while end < len(pieces) and end - after < 3 and nameable(pieces[end]) and attached(pieces, end):
        if not pieces[end].cap and pieces[end].key not in words.HARD_TYPES:
            break
        end += 1
    return end


def _spanish_follows(pieces: list[Piece], at: int) -> bool:
    """`Av. Roosevelt y la 82`: what comes next says that `Av.` belongs to the name after it."""
    return at < len(pieces) and pieces[at].low in ("y", "con", "entre", "esquina")


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
    after = pieces[at + 1] if at + 1 < len(pieces) else None
    if after and (after.low == "saint" or (after.low == "way" and not after.cap)):
        return start
    if is_type(pieces, at + 1) or (at + 1 < len(pieces) and pieces[at + 1].low == "avenida"):
        return extend_type(pieces, at + 2)
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
                return extend_type(pieces, end + 1)
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


def extend_type(pieces: list[Piece], end: int) -> int:
    """Take in a second type that belongs to the name: `Ocean View Ave`, `Park Hill Ct`."""
    first = pieces[end - 1].key
    if is_type(pieces, end) and pieces[end].gap is Break.NONE:
        second = pieces[end]
        soft_first = first in words.SOFT_TYPES and first not in ("dr", "lane")
        if (soft_first and second.key in words.TYPES) or second.key == "extension":
            return end + 1
    return end


def with_tail(pieces: list[Piece], end: int) -> int:
    """Take in a direction or a service road after the type: `7 Ave S`, `Parkway Sr North`."""
    if end < len(pieces) and pieces[end].low in _SERVICE and attached(pieces, end):
        end += 2 if pieces[end].low == "service" and end + 1 < len(pieces) else 1
    if end < len(pieces) and pieces[end].key in words.DIRECTIONS and attached(pieces, end):
        follower = pieces[end + 1] if end + 1 < len(pieces) else None
        if follower and pieces[end].low == "s" and follower.low == "i" and follower.dot:
            return end  # `s.i.`: Staten Island, no direction
        if pieces[end].gap is not Break.NONE:
            return end
        if follower is None or follower.gap is not Break.NONE:
            return end + 1
        blocked = follower.low in words.MIXED_TAILS or follower.kind in (Kind.NUMBER, Kind.ORDINAL)
        if follower.low == "and" and end + 2 < len(pieces):
            # `164 st w and nelson ave`, not `main st s and e sides`
            blocked = pieces[end + 2].key in words.DIRECTIONS and not is_type(pieces, end + 3)
        return end if blocked or is_type(pieces, end + 1) else end + 1
    return end
