"""Gathering: every house, street, corner and block that a message names, in one pass."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.reading.where import words
from conversations.reading.where.crossings import Crossing, find_crossings
from conversations.reading.where.grammar import Street, Sure, attached
from conversations.reading.where.houses import HouseOnStreet, house_on_street
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Kind, Piece
from conversations.reading.where.streets import (
    everyday_name,
    street_backwards,
    street_from,
    whole_start,
)

_FEW = 3
# What a street without a house number can begin or end with, beside the names of the city.
_SIGNALS = (
    words.TYPES
    | words.DIRECTIONS
    | words.HIGHWAYS
    | words.SPANISH_TYPES.keys()
    | words.STATES
    | {"state", "county"}
)


@dataclass(slots=True)
class Found:
    """What the message names: houses on streets, all streets in order, corners and blocks."""

    houses: list[HouseOnStreet]
    streets: list[Street]
    crossings: list[Crossing]
    taken: set[int]


def gather(pieces: list[Piece], index: NameIndex) -> Found:
    """Return everything that may say where."""
    houses: list[HouseOnStreet] = []
    streets: list[Street] = []
    taken: set[int] = set()
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if piece.kind is Kind.WORD and not (
            piece.key in _SIGNALS or piece.low in _SIGNALS or piece.key in index.begins
        ):
            at += 1
            continue
        if _short_and(pieces, at, streets):
            at += 1
            continue
        found = house_on_street(pieces, at, index)
        street = found.street if found else _standing(pieces, at, index)
        if found:
            houses.append(found)
            taken.update(range(at, found.street.end))
        if street:
            while streets and streets[-1].end > street.start:
                streets.pop()
            streets.append(street)
            taken.update(range(street.start, street.end))
        at = street.end if street else at + 1
    return Found(houses, streets, find_crossings(pieces, streets, index), taken)


def _standing(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    """Return the street, without a house number, that starts at `at` or whose type is there."""
    piece = pieces[at]
    if piece.key in words.TYPES and at > 0 and attached(pieces, at):
        street = street_backwards(pieces, at, index)
        if street and street.sure is Sure.TYPED and _is_place(pieces, street):
            return None
        if street:
            return street
    prefixed = piece.low in words.SPANISH_TYPES or piece.key == "avenue"
    if prefixed or _opens_highway(pieces, at):
        street = street_from(pieces, at, index)
        after = pieces[at + 1].key if at + 1 < len(pieces) else ""
        if street and (street.sure is Sure.LISTED or after not in words.TYPES):
            if not _really_prefixed(pieces, street):
                return None
            return Street(_with_direction(pieces, at), street.end, street.sure)
    if piece.key in index.begins or piece.kind in (Kind.ORDINAL, Kind.NUMBER):
        street = street_from(pieces, at, index)
        if street and street.sure is Sure.LISTED:
            plain = everyday_name(pieces, street) and len(pieces) > _FEW
            if plain or _is_place(pieces, street):
                return None
            return Street(whole_start(pieces, at), street.end, Sure.LISTED)
        if street and _numbered(pieces, street):
            return street
    if piece.key in words.DIRECTIONS:
        return _directed_number(pieces, at)
    return None


def _with_direction(pieces: list[Piece], at: int) -> int:
    """`N State St`: a direction before a name that could also open a highway."""
    led = at > 0 and attached(pieces, at) and pieces[at - 1].key in words.DIRECTIONS
    return at - 1 if led and pieces[at].low == "state" else at


def _short_and(pieces: list[Piece], at: int, streets: list[Street]) -> bool:
    """`5th ave n 54th`: an `n` between two streets is an "and", not North."""
    if pieces[at].raw != "n" or at == 0 or at + 1 >= len(pieces):
        return False
    numbered = pieces[at + 1].kind in (Kind.ORDINAL, Kind.NUMBER)
    after_street = bool(streets) and streets[-1].end == at
    return numbered and (after_street or pieces[at - 1].kind is Kind.ORDINAL)


def _really_prefixed(pieces: list[Piece], street: Street) -> bool:
    """`avenue` before a run of words up to the next type is not a prefix."""
    last = pieces[street.end - 1]
    return (
        street.sure is Sure.LISTED or last.key not in words.HARD_TYPES or last.kind is not Kind.WORD
    )


def _opens_highway(pieces: list[Piece], at: int) -> bool:
    """Return whether `Highway 72`, `S Interstate 35` or `CA 72` may start at piece `at`."""
    word = pieces[at].low
    if word in words.HIGHWAYS or word in ("state", "county"):
        return True
    if pieces[at].key in words.DIRECTIONS and at + 1 < len(pieces):
        return pieces[at + 1].low in words.HIGHWAYS
    return at == 0 and word in words.STATES and pieces[at].raw.isupper()


def _is_place(pieces: list[Piece], street: Street) -> bool:
    """`marble hill houses`, `Bay Ridge library`: a listed name that is no road, and a noun."""
    end = street.end
    if end >= len(pieces) or pieces[end - 1].key in words.HARD_TYPES or not attached(pieces, end):
        return False
    return pieces[end].low in words.PLACE_NOUNS


def _numbered(pieces: list[Piece], street: Street) -> bool:
    return pieces[street.start].kind in (Kind.ORDINAL, Kind.NUMBER)


def _directed_number(pieces: list[Piece], at: int) -> Street | None:
    """`W 42`, `e 110`: a direction and a number of two or more digits, or an ordinal."""
    if at + 1 >= len(pieces) or not attached(pieces, at + 1):
        return None
    number = pieces[at + 1]
    plain = number.kind is Kind.NUMBER and 2 <= len(number.low) <= 3
    if number.kind is not Kind.ORDINAL and not plain:
        return None
    after = pieces[at + 2] if at + 2 < len(pieces) else None
    if (
        after
        and (after.low in words.COUNTED or after.key in words.TYPES)
        and attached(pieces, at + 2)
    ):
        return None
    return Street(at, at + 2, Sure.KNOWN)
