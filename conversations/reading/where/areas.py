"""Areas: boroughs, neighbourhoods, postal codes and what else may follow an address.

`read_borough` answers "which borough?"; `read_tail` takes in what belongs to an address behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from conversations.reading.where import words
from conversations.reading.where.grammar import attached, is_type, longest_known, ordinary
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece
from conversations.reading.where.towns import elsewhere_end, outside_end

_LONGEST_BOROUGH = 3
_SHORT_ALIAS = 3
_COUNTERS = frozenset({"number", "#", "no", "numero", "$"})
_ARTICLES = frozenset(["in", "en", "the", "el", "la", "los", "las", "borough", "of"])
_LONGEST_APARTMENT = 4
_DENIALS = frozenset(["not", "no", "isn't", "isnt", "aint", "than", "of"])


@dataclass(frozen=True, slots=True)
class Area:
    """A borough named in pieces `start` to `end`; `short` for two or three letter aliases."""

    start: int
    end: int
    borough: str
    short: bool


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows an address up to piece `end`: borough, postal code, neighbourhood, elsewhere."""

    end: int
    borough: str | None = None
    zip: str | None = None
    neighbourhood: tuple[int, int] | None = None
    implied: str | None = None  # the borough that postal code or neighbourhood lie in
    weak: bool = False  # the borough was only called by the city's name
    elsewhere: bool = False
    outside: bool = False  # a town or state that is not this city


def borough_at(pieces: list[Piece], at: int, index: NameIndex) -> Area | None:
    """Return the borough named at piece `at`, unless it is the beginning of a street's name."""
    if pieces[at].low not in index.borough_starts:
        return None
    for length in range(min(_LONGEST_BOROUGH, len(pieces) - at), 0, -1):
        end = at + length
        if any(not _adjoins(pieces, inner) for inner in range(at + 1, end)):
            continue
        low = " ".join(piece.low for piece in pieces[at:end])
        if low in index.boroughs and not (is_type(pieces, end) and pieces[end].gap is Break.NONE):
            return Area(at, end, index.boroughs[low], len(low) <= _SHORT_ALIAS)
    return None


def _adjoins(pieces: list[Piece], at: int) -> bool:
    """`New York, NY` is one name in spite of its comma."""
    return attached(pieces, at) or (pieces[at].gap is Break.SOFT and pieces[at].low == "ny")


def find_boroughs(pieces: list[Piece], index: NameIndex) -> list[Area]:
    """Return the boroughs named anywhere, those denied (`not Queens`) left out if others stay."""
    found: list[Area] = []
    at = 0
    while at < len(pieces):
        area = borough_at(pieces, at, index)
        if area:
            found.append(area)
        at = area.end if area else at + 1
    affirmed = [area for area in found if not _denied(pieces, area.start)]
    return affirmed or found


def _denied(pieces: list[Piece], start: int) -> bool:
    back = start - 1
    while back > 0 and pieces[back].low in ("in", "en", "the", "el"):
        back -= 1
    return back >= 0 and pieces[back].low in _DENIALS and pieces[start].gap is Break.NONE


def say_borough(pieces: list[Piece], index: NameIndex) -> str | None:
    """Return the official borough name that a message says, or None; short aliases only alone."""
    found = find_boroughs(pieces, index)
    for area in found:
        word = pieces[area.start]  # `si` is also a yes
        few = 1 if word.low in words.STOP and not word.raw.isupper() else _LONGEST_BOROUGH
        if not area.short or len(pieces) <= few:
            return area.borough
    return None


def neighbourhood_end(pieces: list[Piece], at: int, index: NameIndex) -> int:
    """Return the end of the neighbourhood named at `at`, or `at`."""
    end = longest_known(pieces, at, index.neighbourhoods, index)
    street = is_type(pieces, end) and pieces[end].gap is Break.NONE
    single = end - at == 1 and ordinary(pieces[at])
    return at if street or single else end


def zip_at(pieces: list[Piece], at: int, index: NameIndex, *, trusted: bool) -> str | None:
    """Return the postal code at `at`: one of the city, or any five digits where one is due."""
    piece = pieces[at]
    if piece.kind is not Kind.NUMBER and piece.kind is not Kind.HOUSE:
        return None
    if at > 0 and (pieces[at - 1].low in words.NAMED or pieces[at - 1].low in _COUNTERS):
        return None
    code = piece.low[:5] if piece.kind is Kind.HOUSE and len(piece.low) == 10 else piece.low
    if len(code) != 5 or not code.isdecimal():
        return None
    return code if trusted or code in index.zips else None


def read_tail(pieces: list[Piece], end: int, index: NameIndex) -> Tail:
    """Return what follows the address that ends at piece `end`: areas, at most commas between."""
    tail = Tail(end)
    for _ in range(6):
        at = tail.end
        if at < len(pieces) and pieces[at].gap is not Break.HARD:
            while at + 1 < len(pieces) and pieces[at].low in _ARTICLES:
                at += 1
        if at >= len(pieces) or not _near(pieces, at):
            break
        grown = _grow(pieces, at, tail, index) or _grow_behind_apartment(pieces, at, tail, index)
        if grown is None:
            break
        tail = grown
    return tail


def _grow_behind_apartment(
    pieces: list[Piece], at: int, tail: Tail, index: NameIndex
) -> Tail | None:
    """`2245 Ocean Parkway, Apt 3F, Brooklyn`: the area stands behind the apartment."""
    at += 2
    if at >= len(pieces) or pieces[at - 2].low not in words.APARTMENTS or not _near(pieces, at):
        return None
    if len(pieces[at - 1].low) > _LONGEST_APARTMENT:
        return None
    at += pieces[at].low == "the" and at + 1 < len(pieces)
    return _grow(pieces, at, tail, index)


def _near(pieces: list[Piece], at: int) -> bool:
    return pieces[at].gap is not Break.HARD or attached(pieces, at) or pieces[at].dot


def _grow(pieces: list[Piece], at: int, tail: Tail, index: NameIndex) -> Tail | None:
    """Return the tail with what stands at `at`, or None when that is no area."""
    code = zip_at(pieces, at, index, trusted=True)
    if code:
        return replace(tail, end=at + 1, zip=code, implied=index.zips.get(code) or tail.implied)
    area = borough_at(pieces, at, index)
    last = at == len(pieces) - 1
    if area and not (area.short and pieces[at].low in words.STOP and not last):
        weak = " ".join(piece.low for piece in pieces[at : area.end]).startswith(("new york", "ny"))
        if tail.borough and (weak or not tail.weak):
            return replace(tail, end=area.end)
        return replace(tail, end=area.end, borough=area.borough, weak=weak)
    if pieces[at].gap is Break.HARD:
        return None
    known = neighbourhood_end(pieces, at, index)
    if known > at:
        name = " ".join(piece.key for piece in pieces[at:known])
        return replace(
            tail,
            end=known,
            neighbourhood=tail.neighbourhood or (at, known),
            implied=tail.implied or index.neighbourhoods[name],
        )
    town = outside_end(pieces, at, index)
    if town > at:
        return replace(tail, end=town, elsewhere=True, outside=True)
    named = tail.borough is not None or tail.elsewhere or tail.neighbourhood is not None
    elsewhere = elsewhere_end(pieces, at, named=named)
    return replace(tail, end=elsewhere, elsewhere=True) if elsewhere > at else None
