"""Houses: a house number with the street that follows it.

Numbers that count, measure or date (`3 weeks`, `at 5 pm`) are told apart by the words around them.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversations.reading.where import words
from conversations.reading.where.areas import neighbourhood_end
from conversations.reading.where.grammar import (
    Street,
    Sure,
    attached,
    longest_known,
    nameable,
    ordinary,
)
from conversations.reading.where.names import NameIndex
from conversations.reading.where.numbers import (
    House,
    houses_at,
    named_otherwise,
    near_numbers,
)
from conversations.reading.where.pieces import Break, Kind, Piece
from conversations.reading.where.streets import street_from

_LONGEST_ZIPLIKE = 5
_LONGEST_NUMBERED = 3  # digits of `164 st w`
# Types that are never a name themselves; `40 Park` and `8 Green` are.
_ROADS = words.TYPES - {"park", "green", "hill", "view", "broadway"}


@dataclass(frozen=True, slots=True)
class HouseOnStreet:
    """A house number with its street."""

    house: House
    street: Street


def house_on_street(pieces: list[Piece], at: int, index: NameIndex) -> HouseOnStreet | None:
    """Return the house and street that start at piece `at`, or None."""
    if pieces[at].kind not in (Kind.NUMBER, Kind.HOUSE) or named_otherwise(pieces, at, index):
        return None
    best: HouseOnStreet | None = None
    for house in houses_at(pieces, at):
        street = _street_after(pieces, house, index)
        if street and (best is None or _weight(street) > _weight(best.street)):
            best = HouseOnStreet(house, street)
    if best is None:
        return None
    return HouseOnStreet(_first_of_range(pieces, best, index), best.street)


def _weight(street: Street) -> tuple[bool, int, int]:
    return street.sure >= Sure.TYPED, street.end, street.start


def _first_of_range(pieces: list[Piece], found: HouseOnStreet, index: NameIndex) -> House:
    """Return the first number of a range like `691-693`; `36-23` in Queens is one number.

    Hyphenated house numbers have two digits after the hyphen; two such numbers a little apart
    on a street that the city does not list are a range.
    """
    house = found.house
    for sign in ("-", "/"):
        first, found_sign, second = house.number.partition(sign)
        if not (found_sign and first.isdecimal() and second.isdecimal()):
            continue
        wide = len(second) > 2 or sign == "/"
        if near_numbers(first, second) and (wide or not _listed(pieces, found.street, index)):
            return House(house.start, house.end, first)
    return house


def _listed(pieces: list[Piece], street: Street, index: NameIndex) -> bool:
    if street.sure in (Sure.LISTED, Sure.KNOWN):
        return True
    return pieces[street.start].kind in (Kind.NUMBER, Kind.ORDINAL)


def _street_after(pieces: list[Piece], house: House, index: NameIndex) -> Street | None:
    """Return the street right after the number: with its type, known, or written like a name."""
    at = house.end
    if at >= len(pieces) or not _follows(pieces, at):
        return None
    if pieces[at].raw == "De" and pieces[at].cap:  # `444 De Graw St`
        street = street_from(pieces, at + 1, index) if at + 1 < len(pieces) else None
        if street and street.sure >= Sure.TYPED:
            return Street(at, street.end, street.sure)
    if pieces[at].low in ("de", "of", "on", "en") and house.number:
        at = _skip_article(pieces, at)
        if at >= len(pieces):
            return None
        street = street_from(pieces, at, index)
        if street and street.sure >= Sure.TYPED:
            return street
        known = longest_known(pieces, at, index.cores, index)
        spanish = pieces[house.start - 1].low in ("el", "al", "del", "numero") and house.start > 0
        told = spanish and known > at and not ordinary(pieces[at])
        return Street(at, known, Sure.KNOWN) if told else None  # `al lado del 45 de orchard`
    first = pieces[at]
    street = street_from(pieces, at, index)
    named = first.cap and not first.first and not first.raw.isupper()
    counts = first.low in words.COUNTED and not named
    if street and _numbered_type(pieces, house, street, index):
        return None
    if street and not (counts and _may_count(pieces, house, street)):
        return _with_nouns(pieces, street)
    if _amount(pieces, house.start) or first.low in words.CALENDAR:
        return None
    known = longest_known(pieces, at, index.cores, index)
    if known - at > 1:
        return Street(at, known, Sure.KNOWN)
    if counts or (first.low in words.STOP and first.key not in words.DIRECTIONS):
        return None
    return _bare_street(pieces, house, at, index)


def _numbered_type(pieces: list[Piece], house: House, street: Street, index: NameIndex) -> bool:
    """`7 Ave S`, `53 St`, `4 ave bay ridge`: the number is the street's, not a house's."""
    piece = pieces[house.start]
    kind = pieces[street.start].key
    digits = _LONGEST_NUMBERED if kind == "st" else _LONGEST_NUMBERED - 1
    short = piece.kind is Kind.NUMBER and len(piece.low) <= digits
    if not short or house.end > house.start + 1 or kind not in words.HARD_TYPES:
        return False
    longer = street.end > street.start + 1
    if longer and pieces[street.end - 1].low == "y" and _goes_on(pieces, street.end, index):
        return True  # `31 ave y crescent st`: the Spanish "and", not Avenue Y
    if longer and neighbourhood_end(pieces, street.start + 1, index) >= street.end:
        return True
    if longer and pieces[street.start + 1].kind in (Kind.NUMBER, Kind.ORDINAL):
        return True  # `8 ave 42 st`: two numbered streets
    return street.end - street.start == 2 and pieces[street.end - 1].key in words.DIRECTIONS


def _goes_on(pieces: list[Piece], at: int, index: NameIndex) -> bool:
    """Return whether something that may be a second street stands at `at`."""
    if at >= len(pieces) or not attached(pieces, at) or pieces[at].low in index.boroughs:
        return False
    return street_from(pieces, at, index) is not None or pieces[at].key in index.begins


def _with_nouns(pieces: list[Piece], street: Street) -> Street:
    """Take in the nouns of a place behind a name that is no road: `hunts point terminal market`."""
    end = street.end
    if pieces[end - 1].key in words.HARD_TYPES:
        return street
    while end < len(pieces) and pieces[end].low in words.PLACE_NOUNS and attached(pieces, end):
        end += 1
    return Street(street.start, end, street.sure)


def _may_count(pieces: list[Piece], house: House, street: Street) -> bool:
    """`2 new bins on the street` counts; `86 new dorp plaza` alone is an address."""
    if street.sure is Sure.LISTED or pieces[house.start].kind is Kind.HOUSE:
        return False
    return not (house.start == 0 and street.end - street.start <= 3)


def _amount(pieces: list[Piece], at: int) -> bool:
    """Return whether the word before says that a plain number is an amount."""
    return at > 0 and pieces[at].kind is Kind.NUMBER and pieces[at - 1].low in words.AMOUNTS


def _follows(pieces: list[Piece], at: int) -> bool:
    """Return whether piece `at` may follow a house number: at most a comma between."""
    return attached(pieces, at) or (pieces[at].gap is Break.SOFT)


def _skip_article(pieces: list[Piece], at: int) -> int:
    while at < len(pieces) and pieces[at].low in ("de", "la", "el", "of", "on", "the", "en"):
        at += 1
    return at


def _bare_street(pieces: list[Piece], house: House, at: int, index: NameIndex) -> Street | None:
    """Return a street without its type: `123 bedford`, `40 Victory`, `at 35 lynwood`."""
    if not attached(pieces, at):
        return None
    start = at
    directed = pieces[at].key in words.DIRECTIONS and at + 1 < len(pieces)
    if directed and attached(pieces, at + 1):
        at += 1
    piece = pieces[at]
    if piece.kind is Kind.ORDINAL or (directed and piece.kind is Kind.NUMBER):
        return Street(start, at + 1, Sure.KNOWN)
    saint = piece.low in ("saint", "st") and at + 1 < len(pieces) and attached(pieces, at + 1)
    saint = saint and pieces[at + 1].low not in index.boroughs and len(pieces[at + 1].low) > 1
    if saint and nameable(pieces[at + 1]) and not ordinary(pieces[at + 1]):
        return Street(start, at + 2, Sure.KNOWN)
    if (
        piece.low in index.boroughs
        or not nameable(piece)
        or len(piece.low) < 3
        or piece.key in _ROADS
    ):
        return None
    cued = _cued(pieces, house.start)
    known = longest_known(pieces, at, index.cores, index)
    told = known > at and (known - at > 1 or not ordinary(piece))
    if told and (known - at > 1 or cued or len(house.number) > 1):
        return Street(start, known, Sure.KNOWN)
    only = house.start == 0 and known == len(pieces)
    if (cued or only) and known > at and len(house.number) > 1 and _clause_ends(pieces, known):
        return Street(start, known, Sure.NAME)
    if ordinary(piece):
        return None
    if piece.cap and piece.low in words.COMMON and not cued:
        return None
    if _enumerated(pieces, house, piece):
        return None
    if cued or _alone(pieces, house.start, at) or (piece.cap and len(house.number) > 1):
        return Street(start, _name_end(pieces, at, index), Sure.NAME)
    return None


def _clause_ends(pieces: list[Piece], end: int) -> bool:
    """Return whether nothing that continues the phrase follows: `in front of 129 church, ...`."""
    return end >= len(pieces) or pieces[end].gap is not Break.NONE or pieces[end].low in words.STOP


def _cued(pieces: list[Piece], at: int) -> bool:
    """Return whether a word that points at a place stands right before."""
    return at > 0 and pieces[at - 1].low in words.CUES and pieces[at].gap is not Break.HARD


def _enumerated(pieces: list[Piece], house: House, name: Piece) -> bool:
    """`a bed frame and 2 dressers`, `for 3 stoves`: a small number of things, in small letters."""
    small = len(house.number) <= 2 and not name.cap
    return small and house.start > 0 and pieces[house.start - 1].low in ("and", "for", "y", "&")


def _alone(pieces: list[Piece], start: int, at: int) -> bool:
    """Return whether the number opens a sentence and the name ends it, or nothing else is said."""
    opens = start == 0 or pieces[start].gap is Break.HARD
    ends = at + 1 >= len(pieces) or pieces[at + 1].gap is not Break.NONE
    long = start == 0 and len(pieces[start].low) > 1
    return opens and (ends or long) and len(pieces[start].low) <= _LONGEST_ZIPLIKE


def _name_end(pieces: list[Piece], at: int, index: NameIndex) -> int:
    """Return the end of a bare name: one word, further words like names, a noun like `airport`."""
    end = at + 1
    while end < len(pieces) and end - at < 4 and attached(pieces, end):
        piece = pieces[end]
        if piece.low in index.boroughs or piece.key in index.neighbourhoods:
            break
        plain = piece.low in words.COMMON and piece.key not in index.cores
        named = pieces[at].cap and piece.cap and nameable(piece) and not plain
        if not named and piece.low not in words.PLACE_NOUNS:
            break
        end += 1
    return end
