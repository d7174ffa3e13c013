"""Believing: whether two names joined by a word are streets that cross, or something else.

`grace and lombardy`, `broadway @ 42`; not `heat & water`, `between 9 and 10 pm`.
"""

from __future__ import annotations

from conversations.reading.where import words
from conversations.reading.where.grammar import Street, Sure
from conversations.reading.where.pieces import Break, Kind, Piece

BESIDE = frozenset({"near", "nr", "by", "off"})
CORNER = frozenset(
    [
        "corner",
        "corners",
        "intersection",
        "esquina",
        "crn",
        "cnr",
        "junction",
        "cruce",
        "interseccion",
    ]
)
SHORT = 8  # pieces of a message that says little else
_POINTING = frozenset({"at", "@", "on", "en"})
_STREETS = frozenset({"la", "las", "calles", "avenidas"})  # before numbers that are streets
_STREET_DIGITS = 2  # fewer may count something


def runs_on(pieces: list[Piece], street: Street) -> bool:
    """A typed name made of everyday words (`and big hole in street`) is no name."""
    name = pieces[street.start : street.end - 1]
    if street.sure is Sure.TYPED and not name[0].cap and any(piece.cap for piece in name[1:]):
        return name[0].key not in words.DIRECTIONS
    soft = street.sure is Sure.TYPED and pieces[street.end - 1].key in words.SOFT_TYPES
    if soft and all(piece.low in words.COMMON and not piece.cap for piece in name):
        return True
    return (
        street.sure is Sure.TYPED
        and len(name) > 1
        and any(
            piece.low in words.COMMON and not piece.cap and piece.key not in words.TYPES
            for piece in name
        )
    )


def believable(pieces: list[Piece], at: int, left: Street, right: Street, led: bool) -> bool:
    """Weigh the joining word at `at` against how sure both streets are."""
    low, high = sorted((left.sure, right.sure))
    join = pieces[at].low
    after = pieces[right.end].low if right.end < len(pieces) else ""
    if pieces[at].gap is Break.SOFT and not led and low < Sure.TYPED:
        return False
    if led or (after in CORNER and join in ("and", "&", "y")):
        return True
    if join in ("&", "@", "+"):
        return _sign_believable(pieces, left, right)
    if join == "/":
        return low >= Sure.NAME and high >= Sure.KNOWN
    if join in BESIDE:
        return low >= Sure.NAME and high >= Sure.TYPED and left.sure >= Sure.KNOWN
    alone = left.start == 0 and right.end == len(pieces)
    if alone:
        return high >= Sure.KNOWN or low >= Sure.NAME
    if join == "at" and left.sure < Sure.KNOWN:
        return False
    if left.sure >= Sure.TYPED and _ends_with_number(pieces, right):
        return True
    pointed = left.start > 0 and pieces[left.start - 1].low in ("at", "@", "en")
    if pointed and join in ("and", "y"):
        return not _plain_numbers(pieces, left, right)
    return low >= Sure.NAME and high >= Sure.KNOWN


def _sign_believable(pieces: list[Piece], left: Street, right: Street) -> bool:
    """`&` and `@` nearly always join streets, but `heat & water` is no corner."""
    low, high = sorted((left.sure, right.sure))
    pointed = left.start > 0 and pieces[left.start - 1].low in _POINTING
    if high >= Sure.KNOWN or low >= Sure.NAME or pointed:
        return True
    alone = left.start == 0 and right.end == len(pieces)
    plain = pieces[left.start].low in words.COMMON and pieces[right.start].low in words.COMMON
    return alone and not plain


def _ends_with_number(pieces: list[Piece], street: Street) -> bool:
    """`grand concourse and 161`: a number of a street that ends what is said."""
    number = pieces[street.start]
    if number.kind is not Kind.NUMBER or len(number.low) < _STREET_DIGITS:
        return False
    return street.end >= len(pieces) or pieces[street.end].gap is not Break.NONE


def _plain_numbers(pieces: list[Piece], left: Street, right: Street) -> bool:
    """`at 5 and 6` is said of hours; streets without a type need more than bare numbers."""
    kinds = (pieces[left.start].kind, pieces[right.start].kind)
    return left.sure is right.sure is Sure.WORD and Kind.NUMBER in kinds


def says_streets(pieces: list[Piece], left: Street, right: Street) -> bool:
    """Return whether two bare numbers after "between" are streets and not hours or amounts."""
    if max(left.sure, right.sure) > Sure.WORD:
        return True
    if pieces[left.start].kind is not Kind.NUMBER:
        return True
    return pieces[left.start - 1].low in _STREETS or len(pieces) <= SHORT
