"""Towns: places that are not of this city, named alone or behind an address.

`in hoboken new jersey`, `12 Elm Street, Newark`. The city's pack lists the towns around it; a
town with its state is known by its shape. A street may be called like a town (`Jersey St`,
`Newark Ave`, `on Houston`), and is then the street.
"""

from __future__ import annotations

from conversations.reading.where import words
from conversations.reading.where.grammar import attached, is_type, nameable, names_at, ordinary
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece

_LONGEST_TOWN = 4  # words, its state included
_TOWN_OPENERS = frozenset(
    ["new", "mount", "mt", "fort", "ft", "port", "north", "south", "east", "west", "saint", "san"]
)
_STATES = words.STATES | words.STATE_NAMES | {"new"}
_COUNTRY = frozenset(["usa", "us", "u.s.a"])
_INTO = frozenset(["in", "en"])  # words that lead to a town, seldom to a street
_ORIGIN = frozenset(["from", "de"])  # `a truck from yonkers`: no place of a problem
_PERSON_NEAR = 4  # words before "in": `my landlord lives in florida`


def find_outside(pieces: list[Piece], index: NameIndex) -> tuple[int, int] | None:
    """Return the town or state outside the city that a message names as its place, or None."""
    for at in range(len(pieces)):
        end = outside_end(pieces, at, index)
        if end > at and not _somebody_there(pieces, at):
            return _town_start(pieces, at), end
    return None


def outside_end(pieces: list[Piece], at: int, index: NameIndex) -> int:
    """Return the end of the listed town or state at `at`, its own state included, or `at`.

    A state, and a name that a street of the city bears too, must be led to by a word like "in",
    have a state behind it or be all that is said; another town must begin or end what is said.
    """
    end = listed_end(pieces, at, index)
    if end == at:
        return at
    stated = _state_end(pieces, end, index)
    led = at > 0 and pieces[at - 1].low in _INTO and pieces[at].gap is Break.NONE
    name = " ".join(piece.key for piece in pieces[at:end])
    closed = stated >= len(pieces) or pieces[stated].gap is not Break.NONE
    opened = at == 0 or pieces[at].gap is not Break.NONE
    street = name in index.cores or name in index.streets
    if led or stated > end or _town_start(pieces, at) < at:
        return stated
    if pieces[end - 1].low in _STATES:
        return stated if closed and at == 0 and not (street and end == at + 1) else at
    if street:
        return at
    origin = at > 0 and pieces[at - 1].low in _ORIGIN
    return stated if (closed or opened) and not origin else at


def listed_end(pieces: list[Piece], at: int, index: NameIndex) -> int:
    """Return the end of the longest listed town at `at` that is no part of this city, or `at`."""
    longest = at
    for end, name in names_at(pieces, at, index):
        if name in index.neighbourhoods or name in index.boroughs:
            return at
        if name in index.outside:
            longest = end
    if is_type(pieces, longest) and pieces[longest].gap is Break.NONE:
        return at
    return longest


def _state_end(pieces: list[Piece], end: int, index: NameIndex) -> int:
    """Return the end of the state behind a town: `yonkers ny`, `great neck, long island`."""
    if end >= len(pieces) or not _joins(pieces, end):
        return end
    if pieces[end].low not in words.STATE_NAMES and _state(pieces, end, short=True):
        return end + 1
    return listed_end(pieces, end, index)


def _joins(pieces: list[Piece], at: int) -> bool:
    return attached(pieces, at) or pieces[at].gap is Break.SOFT


def _somebody_there(pieces: list[Piece], at: int) -> bool:
    """`my landlord lives in florida` says where a person is, not where the problem is."""
    before = pieces[max(at - _PERSON_NEAR - 1, 0) : at]
    return any(piece.low in words.PERSONS for piece in before)


def _town_start(pieces: list[Piece], at: int) -> int:
    """Take in an unlisted town before its state: `in Maplewood, NJ`."""
    if pieces[at].low not in _STATES:
        return at
    start = at
    while start > 0 and at - start < _LONGEST_TOWN - 1 and _joins(pieces, start):
        before = pieces[start - 1]
        if not nameable(before) or ordinary(before) or before.key in words.TYPES:
            break
        start -= 1
    return start if start > 0 and pieces[start - 1].low in _INTO else at


def elsewhere_end(pieces: list[Piece], at: int, *, named: bool) -> int:
    """Return the end of a state or of a town with its state (`boston ma`, `New Haven, CT`).

    `named`: a borough or town stands before it, so that a state in two letters is no surprise.
    """
    if pieces[at].low in _COUNTRY:
        return at + 1
    if _state(pieces, at, short=named):
        return at + 1
    for end in range(at + 1, min(at + 4, len(pieces))):
        if not nameable(pieces[end - 1]) or ordinary(pieces[end - 1]):
            return at
        if _state(pieces, end, short=True):
            return end + 1
        if not attached(pieces, end):
            return at
    return at


def town_end(pieces: list[Piece], at: int) -> int:
    """Return the end of the unknown town that closes the sentence at `at`, or `at`.

    `1 Main Street Yonkers`, `12 Elm Street, Newark, New Jersey`: nothing of this city, but whoever
    looks the address up must see that it lies elsewhere.
    """
    end = at
    while end < len(pieces) and end - at < _LONGEST_TOWN and pieces[end].gap is not Break.HARD:
        piece = pieces[end]
        opens = piece.low in _TOWN_OPENERS and end + 1 < len(pieces)
        state = end > at and piece.low in (words.STATES | words.STATE_NAMES)
        plain = piece.low in words.COMMON or piece.low in words.TYPE_SPELLINGS
        if not opens and not state and (not nameable(piece) or (plain and not piece.cap)):
            break
        end += 1
    closed = end >= len(pieces) or pieces[end].gap is Break.HARD
    return end if closed else at


def _state(pieces: list[Piece], at: int, *, short: bool) -> bool:
    """Return whether piece `at` is a state; lower case letters only at the end or before a code."""
    piece = pieces[at]
    if piece.low in words.STATE_NAMES:
        return True
    if piece.low not in words.STATES or len(piece.low) != 2:
        return False
    last = at + 1 >= len(pieces) or pieces[at + 1].kind is Kind.NUMBER
    everyday = piece.low in words.STOP
    return (piece.raw.isupper() and (piece.cap or short)) or (short and last and not everyday)
