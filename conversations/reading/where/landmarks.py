"""Landmarks: parks, schools, stations and other places called by their name.

Names in the gazetteer, and names in front of a word like `park` or `school` or after `parque`.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversations.reading.where import words
from conversations.reading.where.grammar import (
    Street,
    attached,
    is_type,
    nameable,
    names_at,
    ordinary,
)
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Kind, Piece

_LONGEST = 6
_SPANISH = frozenset(
    [
        "parque",
        "escuela",
        "biblioteca",
        "iglesia",
        "estacion",
        "hospital",
        "plaza",
        "puente",
        "cementerio",
        "mercado",
    ]
)
_NUMBERED = frozenset(["ps", "is", "ms", "jhs", "hs", "pier", "terminal"])
_ALSO_WORDS = frozenset(["is", "ms", "hs"])  # schools only in capitals or beside "school"
_SCHOOL_DIGITS = 3
_FEW = 3
_NO_HIGHWAYS = frozenset(["st", "avenue", "road", "lane", "place", "court", "terrace"])
_EXITS = frozenset(["exit", "salida"])
_LINKS = frozenset(["and", "of"])
_SMALL = frozenset(["of", "the", "and", "de", "la", "del", "at"])


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named place in pieces `start` to `end`; `listed` when the gazetteer has it."""

    start: int
    end: int
    listed: bool
    borough: str | None


def find_landmark(pieces: list[Piece], taken: set[int], index: NameIndex) -> Landmark | None:
    """Return the first named place outside the pieces `taken` by streets, or None."""
    shaped: Landmark | None = None
    for at in range(len(pieces)):
        if at in taken:
            continue
        end, borough = _listed_end(pieces, at, index)
        if end > at and not taken.intersection(range(at, end)):
            return Landmark(at, end, True, borough)
        if shaped is None:
            shaped = _numbered(pieces, at) or _shaped(pieces, at, taken) or _spanish(pieces, at)
    return shaped


def find_exit(pieces: list[Piece], street: Street) -> tuple[int, int] | None:
    """Return the words of a highway with its exit: `BQE at exit 32`, `exit 19 of the LIE`."""
    if pieces[street.end - 1].key in _NO_HIGHWAYS:
        return None  # `Exit 3 Trumbull St` leads to that street
    at = street.end
    while at < len(pieces) and at - street.end < _FEW and pieces[at].low in words.TO_EXIT:
        at += 1
    if _is_exit(pieces, at):
        return street.start, at + 2
    at = street.start - 1
    while at > 0 and street.start - at <= _FEW and pieces[at].low in words.TO_EXIT:
        at -= 1
    return (at - 1, street.end) if at > 0 and _is_exit(pieces, at - 1) else None


def _is_exit(pieces: list[Piece], at: int) -> bool:
    if at + 1 >= len(pieces) or pieces[at].low not in _EXITS:
        return False
    return pieces[at + 1].kind in (Kind.NUMBER, Kind.HOUSE) and attached(pieces, at + 1)


def _numbered(pieces: list[Piece], at: int) -> Landmark | None:
    """`PS 321`, `P.S. 19`, `Pier 40`: places that have a number for a name."""
    low = pieces[at].low
    number = at + 1
    if low == "p" and number < len(pieces) and pieces[number].low == "s":
        low, number = "ps", at + 2
    if number >= len(pieces) or pieces[number].kind is not Kind.NUMBER:
        return None
    if low not in _NUMBERED or len(pieces[number].low) > _SCHOOL_DIGITS:
        return None
    after = pieces[number + 1].low if number + 1 < len(pieces) else ""
    before = pieces[at - 1].low if at > 0 else ""
    school = after == "school" or before in ("escuela", "school", "colegio")
    capital = pieces[at].cap and pieces[at].raw.isupper()
    if low in _ALSO_WORDS and not (school or capital):
        return None
    if low == "ps" and after in words.COUNTED and not school:
        return None
    return Landmark(at, number + 1, False, None)


def _listed_end(pieces: list[Piece], at: int, index: NameIndex) -> tuple[int, str | None]:
    """Return the end and borough of the gazetteer place at `at`; single words need a capital."""
    for end, name in reversed(names_at(pieces, at, index)):
        if name in index.places and not is_type(pieces, end):
            single = end - at == 1
            if not single or (pieces[at].cap and not ordinary(pieces[at])) or len(pieces) == 1:
                return end, index.places[name]
    return at, None


def _shaped(pieces: list[Piece], at: int, taken: set[int]) -> Landmark | None:
    """`Edgewood Park`, `Common Ground High School`: a name, then the noun at `at`."""
    if pieces[at].low not in words.PLACE_NOUNS:
        return None
    if pieces[at].low in words.WEAK_NOUNS and not pieces[at].cap and len(pieces) > _LONGEST:
        return None
    if at == 0 or not attached(pieces, at):
        return _of_place(pieces, at)
    start = at
    while start > 0 and at - start < _LONGEST and attached(pieces, start):
        before = pieces[start - 1]
        if start - 1 in taken or before.kind not in (Kind.WORD, Kind.ORDINAL):
            break
        if not _belongs(pieces, start - 1, at):
            break
        start -= 1
    while start < at and (pieces[start].low in _SMALL or pieces[start].low in words.STOP):
        start += 1
    if start >= at:
        return _of_place(pieces, at)
    if all(ordinary(piece) for piece in pieces[start:at]):
        return None
    if pieces[start].first and at - start == 1 and not pieces[at].cap and len(pieces) > _LONGEST:
        return None
    return Landmark(start, _building_end(pieces, at + 1), False, None)


def _of_place(pieces: list[Piece], at: int) -> Landmark | None:
    """`University of Hawaii`, `Church of the Redeemer`: the noun, then a name with capitals."""
    name = at + 1
    while name < len(pieces) and pieces[name].low in ("of", "the") and attached(pieces, name):
        name += 1
    end = name
    while end < len(pieces) and end - name < 3 and pieces[end].cap and attached(pieces, end):
        end += 1
    if end == name or name == at + 1 or ordinary(pieces[name]):
        return None
    return Landmark(at, end, False, None)


def _belongs(pieces: list[Piece], at: int, noun: int) -> bool:
    """Return whether piece `at` is part of the name before the noun."""
    piece = pieces[at]
    if pieces[noun].cap:
        named = piece.cap and not (piece.first and piece.low in words.COMMON)
        return named or (piece.low in _SMALL and at > 0 and pieces[at - 1].cap)
    if piece.low in _LINKS and at > 0 and len(pieces) <= _LONGEST:
        return pieces[at - 1].low not in words.STOP
    if piece.low in words.STOP or piece.low in words.CALENDAR:
        return False
    if piece.key in words.DIRECTIONS:
        return True
    if noun - at == 1 or len(pieces) <= _LONGEST:
        return piece.cap or piece.low not in words.COMMON or len(pieces) <= _LONGEST
    return piece.cap or (piece.low not in words.COMMON and noun - at <= 2)


def _building_end(pieces: list[Piece], end: int) -> int:
    """Take in `bldg 11`, `houses building 3` and a second noun (`High School Field`)."""
    while end < len(pieces) and pieces[end].low in words.PLACE_NOUNS and attached(pieces, end):
        if not (pieces[end].cap or pieces[end].low in ("house", "center", "market")):
            break
        end += 1
    numbered = end + 1 < len(pieces) and pieces[end + 1].kind in (Kind.NUMBER, Kind.HOUSE)
    if numbered and pieces[end].low in ("bldg", "building", "no", "#"):
        return end + 2
    return end


def _spanish(pieces: list[Piece], at: int) -> Landmark | None:
    """`el parque Prospect`, `la escuela de la Merced`: the noun at `at`, then a name."""
    if pieces[at].low not in _SPANISH:
        return None
    name = at + 1
    while name < len(pieces) and pieces[name].low in words.PARTICLES and name - at <= 3:
        name += 1
    if name >= len(pieces) or not attached(pieces, name) or not nameable(pieces[name]):
        return None
    if numbered := _numbered(pieces, name):
        return numbered
    if ordinary(pieces[name]):
        return None
    end = name + 1
    while end < len(pieces) and end - name < 3 and pieces[end].cap and attached(pieces, end):
        end += 1
    return Landmark(at, end, False, None)
