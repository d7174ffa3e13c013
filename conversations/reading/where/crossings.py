"""Crossings: corners (`broadway @ 42`) and blocks between two streets.

A street may be named here by less than elsewhere (`5th and main`), because the word that joins
the two says that streets are meant. How much less depends on that word and on what leads to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversations.reading.where import words
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece
from conversations.reading.where.streets import (
    Street,
    Sure,
    attached,
    longest_known,
    nameable,
    ordinary,
    street_from,
)

_SIGNS = frozenset({"&", "@", "/", "+"})
_WORDS = frozenset({"and", "at", "y", "e", "con", "n", "und", "esquina", "x", "corner"})
_BESIDE = frozenset({"near", "nr", "by", "off"})
_BETWEEN = frozenset(
    ["between", "btwn", "btw", "b/w", "b/t", "bet", "betw", "bw", "betwn", "entre"]
)
_CORNER = frozenset(
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
_FILLERS = frozenset(
    ["of", "the", "de", "del", "la", "las", "el", "los", "a", "corner", "and", "con"]
)
_REACH = 8
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Crossing:
    """Streets that cross: `main` may be None for a block whose street was not named."""

    start: int
    end: int
    main: Street | None
    cross: tuple[Street, ...]
    led: bool  # a word like "corner" or "between" leads to it


def find_crossings(pieces: list[Piece], streets: list[Street], index: NameIndex) -> list[Crossing]:
    """Return corners and blocks in order of the text.

    Args:
        pieces: the whole message.
        streets: the streets already found, in order.
        index: the names of the city.
    """
    inside = {at for street in streets for at in range(street.start, street.end)}
    ends = {street.end: street for street in streets}
    starts = {street.start: street for street in streets}
    found: list[Crossing] = []
    for at, piece in enumerate(pieces):
        joins = piece.low in _SIGNS or piece.low in _WORDS or piece.low in _BESIDE
        if (
            joins
            and at not in inside
            and 0 < at < len(pieces) - 1
            and (not found or at >= found[-1].end)
        ):
            crossing = _crossing_at(pieces, at, starts, ends, index)
            if crossing:
                found.append(crossing)
    return found


def _crossing_at(
    pieces: list[Piece],
    at: int,
    starts: dict[int, Street],
    ends: dict[int, Street],
    index: NameIndex,
) -> Crossing | None:
    """Return the crossing whose joining word is piece `at`."""
    if pieces[at].gap is Break.HARD and not pieces[at].dot:
        return None
    left = ends.get(at) or bare_street_before(pieces, at, index) or _only_word(pieces, at, 0)
    if left is None:
        return None
    lead, between = _lead(pieces, left.start)
    right_at = _skip(pieces, at + 1)
    if right_at >= len(pieces) or pieces[right_at].gap is Break.HARD:
        return None
    right = starts.get(right_at) or _street_or_bare(pieces, right_at, index)
    right = right or _only_word(pieces, at, right_at)
    if right is None or not _believable(pieces, at, left, right, lead is not None):
        return None
    start = left.start if lead is None else lead
    if not between:
        return Crossing(start, right.end, left, (right,), lead is not None)
    main = _main_before(pieces, lead if lead is not None else left.start, ends, index)
    if main is None and not _says_streets(pieces, left, right):
        return None
    return Crossing(main.start if main else start, right.end, main, (left, right), True)


def _only_word(pieces: list[Piece], join: int, at: int) -> Street | None:
    """Return any one word beside `&` or `@` when the message says nothing else: `main & side`."""
    short = (at == 0 and join == 1) or at == join + 1 == len(pieces) - 1
    if not short or pieces[join].low not in ("&", "@") or not nameable(pieces[at]):
        return None
    return Street(at, at + 1, Sure.WORD)


def _lead(pieces: list[Piece], start: int) -> tuple[int | None, bool]:
    """Return where the words that lead to a crossing start, and whether they say "between"."""
    back = start - 1
    while back >= 0 and pieces[back].low in _FILLERS and start - back <= 4:
        if pieces[back].low in _CORNER:
            break
        back -= 1
    if back < 0:
        return None, False
    if pieces[back].low in _BETWEEN:
        return back, True
    return (back, False) if pieces[back].low in _CORNER else (None, False)


def _skip(pieces: list[Piece], at: int) -> int:
    """Step over articles before the second street, unless they start its name."""
    while at < len(pieces) and pieces[at].low in _FILLERS and pieces[at].gap is Break.NONE:
        at += 1
    return at


def _main_before(
    pieces: list[Piece], lead: int, ends: dict[int, Street], index: NameIndex
) -> Street | None:
    """Return the street a block lies on: the nearest one named before "between"."""
    direct = ends.get(lead) or bare_street_before(pieces, lead, index)
    if direct and direct.sure >= Sure.NAME:
        return direct
    for end in range(lead, max(lead - _REACH, 0), -1):
        if end in ends:
            return ends[end]
        if end < len(pieces) and pieces[end].gap is Break.HARD and not pieces[end].dot:
            return None
    return None


def _says_streets(pieces: list[Piece], left: Street, right: Street) -> bool:
    """Return whether two bare numbers after "between" are streets and not hours or amounts."""
    if max(left.sure, right.sure) > Sure.WORD:
        return True
    if pieces[left.start].kind is not Kind.NUMBER:
        return True
    return pieces[left.start - 1].low == "la" or len(pieces) <= _SHORT


def _street_or_bare(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    street = street_from(pieces, at, index)
    if street and not _runs_on(pieces, street):
        return street
    return bare_street_after(pieces, at, index)


def _runs_on(pieces: list[Piece], street: Street) -> bool:
    """A typed name made of everyday words (`and big hole in street`) is no name."""
    name = pieces[street.start : street.end - 1]
    return (
        street.sure is Sure.TYPED
        and len(name) > 1
        and any(
            piece.low in words.COMMON and not piece.cap and piece.key not in words.TYPES
            for piece in name
        )
    )


def bare_street_after(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    """Return a street without type that starts at `at`: `42`, `5th`, `W 42nd`, `main`, `Berry`."""
    start = at
    if pieces[at].key in words.DIRECTIONS and at + 1 < len(pieces) and attached(pieces, at + 1):
        at += 1
    piece = pieces[at]
    if piece.kind in (Kind.ORDINAL, Kind.NUMBER):
        return _number_street(pieces, start, at)
    known = longest_known(pieces, at, index.cores, index)
    if known - at > 1:
        return Street(start, known, Sure.KNOWN)
    sure = _word_sure(piece, known > at)
    if sure is Sure.NO:
        return None
    end = at + 1
    while piece.cap and end < len(pieces) and end - at < 3 and attached(pieces, end):
        more = pieces[end]
        if not more.cap or not nameable(more) or more.low in words.COMMON or _area(more, index):
            break
        end += 1
    return Street(start, end, sure)


def _area(piece: Piece, index: NameIndex) -> bool:
    return piece.low in index.boroughs or piece.key in index.neighbourhoods


def bare_street_before(pieces: list[Piece], end: int, index: NameIndex) -> Street | None:
    """Return a street without type that ends before piece `end`."""
    at = end - 1
    if at < 0 or (end < len(pieces) and pieces[end].gap is Break.HARD):
        return None
    piece = pieces[at]
    directed = at > 0 and pieces[at - 1].key in words.DIRECTIONS and attached(pieces, at)
    start = at - 1 if directed else at
    if piece.kind in (Kind.ORDINAL, Kind.NUMBER):
        return _number_street(pieces, start, at)
    for first in range(max(at - 3, 0), at):
        if longest_known(pieces, first, index.cores, index) == end:
            return Street(first, end, Sure.KNOWN)
    sure = _word_sure(piece, piece.key in index.cores)
    if sure is Sure.NO:
        return None
    while piece.cap and start > 0 and end - start < 3 and attached(pieces, start):
        more = pieces[start - 1]
        if not more.cap or not nameable(more) or more.low in words.COMMON:
            break
        start -= 1
    return Street(start, end, sure)


def _number_street(pieces: list[Piece], start: int, at: int) -> Street | None:
    """Return a numbered street without its type, unless the number counts something."""
    piece = pieces[at]
    if piece.kind is Kind.NUMBER and len(piece.low) > 3:
        return None
    if at + 1 < len(pieces) and attached(pieces, at + 1):
        after = pieces[at + 1]
        if after.low in words.COUNTED and after.low not in ("a", "and", "of", "or", "the"):
            return None
    sure = Sure.WORD if piece.kind is Kind.NUMBER and start == at else Sure.KNOWN
    return Street(start, at + 1, sure)


def _word_sure(piece: Piece, known: bool) -> Sure:
    """Return how likely one word is a street where one may stand."""
    if not nameable(piece) or len(piece.low) < 2 or piece.key in words.DIRECTIONS:
        return Sure.NO
    if ordinary(piece):
        return Sure.NAME if known and piece.low not in words.COUNTED else Sure.NO
    if known:
        return Sure.KNOWN if piece.low not in words.COMMON else Sure.NAME
    return Sure.NAME if piece.cap and not piece.first else Sure.WORD


def _believable(pieces: list[Piece], at: int, left: Street, right: Street, led: bool) -> bool:
    """Weigh the joining word against how sure both streets are."""
    low, high = sorted((left.sure, right.sure))
    alone = left.start == 0 and right.end == len(pieces)
    after = pieces[right.end].low if right.end < len(pieces) else ""
    if led or (after in _CORNER and pieces[at].low in ("and", "&", "y")):
        return True
    if pieces[at].low in ("&", "@", "+"):
        plain = pieces[left.start].low in words.COMMON and pieces[right.start].low in words.COMMON
        known = high >= Sure.KNOWN or low >= Sure.NAME
        return (alone and (known or not plain)) or (known and low > Sure.NO)
    if pieces[at].low == "/":
        return low >= Sure.NAME and high >= Sure.KNOWN
    if pieces[at].low in _BESIDE:
        return left.sure >= Sure.TYPED and right.sure >= Sure.NAME
    if alone:
        return high >= Sure.KNOWN or low >= Sure.NAME
    if pieces[at].low == "at" and left.sure < Sure.KNOWN:
        return False
    return low >= Sure.NAME and high >= Sure.KNOWN
