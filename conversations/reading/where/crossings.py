"""Crossings: corners (`broadway @ 42`) and blocks between two streets.

A street may be named here by less than elsewhere (`5th and main`), because the word that joins
the two says that streets are meant. How much less depends on that word and on what leads to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from conversations.reading.where import words
from conversations.reading.where.bare import bare_street_after, bare_street_before
from conversations.reading.where.believing import (
    BESIDE,
    CORNER,
    SHORT,
    believable,
    runs_on,
    says_streets,
)
from conversations.reading.where.grammar import Street, Sure, nameable, ordinary
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece
from conversations.reading.where.streets import street_from

_SIGNS = frozenset({"&", "@", "/", "+"})
_WORDS = frozenset({"and", "at", "y", "e", "con", "n", "und", "esquina", "x", "corner"})
_RANGE = frozenset({"to", "hasta", "thru", "through"})
_JOINS = _SIGNS | _WORDS | BESIDE | _RANGE
_RANGE_LEADS = frozenset({"from", "desde"})
_REACH = 5


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
        joins = piece.low in _JOINS
        if (
            joins
            and at not in inside
            and 0 < at < len(pieces) - 1
            and (not found or at >= found[-1].end)
        ):
            crossing = _crossing_at(pieces, at, starts, ends, index)
            if crossing:
                found.append(crossing)
    return found or _side_by_side(pieces, streets)


def _side_by_side(pieces: list[Piece], streets: list[Street]) -> list[Crossing]:
    """`8 ave 42 st`, `40th st queens blvd`: two streets with their types and nothing between."""
    for left, right in pairwise(streets):
        typed = min(left.sure, right.sure) >= Sure.TYPED
        hard = all(pieces[street.end - 1].key in words.HARD_TYPES for street in (left, right))
        first = pieces[right.start]
        beside = left.end == right.start and first.gap is Break.NONE and not ordinary(first)
        if beside and typed and hard:
            start, _ = _lead(pieces, left.start)
            lead = left.start if start is None else start
            return [Crossing(lead, right.end, left, (right,), start is not None)]
    return []


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
    left = _with_article(pieces, left)
    lead, between = _lead(pieces, left.start)
    right_at = _skip(pieces, at + 1)
    if right_at >= len(pieces) or pieces[right_at].gap is Break.HARD:
        return None
    right = starts.get(right_at) or _street_or_bare(pieces, right_at, index)
    right = right or _only_word(pieces, at, right_at)
    right = right and _with_article(pieces, right)
    if right and pieces[at].low in _RANGE:
        return _range(pieces, left, right, starts, ends, index)
    if right is None or not believable(pieces, at, left, right, lead is not None):
        return None
    start = left.start if lead is None else lead
    if not between:
        return Crossing(start, right.end, left, (right,), lead is not None)
    main = _main_before(pieces, lead if lead is not None else left.start, ends, index)
    if main is None and not says_streets(pieces, left, right):
        return None
    if main is None and right.end + 1 < len(pieces) and pieces[right.end].low in ("on", "of", "en"):
        main_at = _skip(pieces, right.end + 1)
        main = starts.get(main_at)
        if main is None and main_at < len(pieces):
            main = bare_street_after(pieces, main_at, index)
        if main and main.sure >= Sure.KNOWN:
            return Crossing(start, main.end, main, (left, right), True)
    return Crossing(main.start if main else start, right.end, main, (left, right), True)


def _range(
    pieces: list[Piece],
    left: Street,
    right: Street,
    starts: dict[int, Street],
    ends: dict[int, Street],
    index: NameIndex,
) -> Crossing | None:
    """`flatbush from 5th to 6th ave`, `madison ave 34th to 35th`: a block said as a stretch."""
    led = left.start > 0 and pieces[left.start - 1].low in _RANGE_LEADS
    after = pieces[right.end].low if right.end < len(pieces) else ""
    start = left.start - led
    main = ends.get(start)
    enough = Sure.NAME if led else Sure.KNOWN
    if led and main and right.sure >= Sure.TYPED:
        enough = Sure.WORD  # `8 ave from 14 to 23 st`
    if min(left.sure, right.sure) < enough or after in ("of", "de", "floor", "piso"):
        return None
    if main is None and led and start > 0 and after != "on":
        main = bare_street_before(pieces, start, index)
        main = main if main and main.sure >= Sure.KNOWN else None
    if main is None and after == "on":
        main_at = _skip(pieces, right.end + 1)
        main = starts.get(main_at)
        if main is None and main_at < len(pieces):
            main = bare_street_after(pieces, main_at, index)
    if main is None or main in (left, right) or main.sure < Sure.NAME:
        return None
    first, last = min(main.start, start), max(main.end, right.end)
    return Crossing(first, last, main, (left, right), True)


def _with_article(pieces: list[Piece], street: Street) -> Street:
    """`con la 82`, `la 103 y Roosevelt`: a Spanish article says that a bare number is a street."""
    led = street.start > 0 and pieces[street.start - 1].low == "la"
    if led and street.sure is Sure.WORD and pieces[street.start].kind is Kind.NUMBER:
        return Street(street.start, street.end, Sure.KNOWN)
    return street


def _only_word(pieces: list[Piece], join: int, at: int) -> Street | None:
    """Return any one word beside `&` or `@` when the message says nothing else: `main & side`."""
    beside = (at == 0 and join == 1) or at == join + 1 == len(pieces) - 1
    short = beside and len(pieces) <= SHORT // 2
    if not short or pieces[join].low not in ("&", "@") or not nameable(pieces[at]):
        return None
    return Street(at, at + 1, Sure.WORD)


def _lead(pieces: list[Piece], start: int) -> tuple[int | None, bool]:
    """Return where the words that lead to a crossing start, and whether they say "between"."""
    back = start - 1
    while back >= 0 and pieces[back].low in words.JOINING_FILLERS and start - back <= 4:
        if pieces[back].low in CORNER:
            break
        back -= 1
    if back < 0:
        return None, False
    if pieces[back].low in words.BETWEEN:
        return back, True
    return (back, False) if pieces[back].low in CORNER else (None, False)


def _skip(pieces: list[Piece], at: int) -> int:
    """Step over articles before the second street, unless they start its name."""
    while (
        at < len(pieces)
        and pieces[at].low in words.JOINING_FILLERS
        and pieces[at].gap is Break.NONE
    ):
        at += 1
    return at


def _main_before(
    pieces: list[Piece], lead: int, ends: dict[int, Street], index: NameIndex
) -> Street | None:
    """Return the street a block lies on: the nearest one named before "between"."""
    direct = ends.get(lead) or bare_street_before(pieces, lead, index)
    direct = direct and _with_article(pieces, direct)
    led = direct and direct.start > 0 and pieces[direct.start - 1].low in words.ROAD_LEADS
    if direct and (direct.sure >= Sure.NAME or (led and direct.sure is Sure.WORD)):
        return direct
    for end in range(lead, max(lead - _REACH, 0), -1):
        if end in ends:
            return ends[end]
        if end < len(pieces) and pieces[end].gap is Break.HARD and not pieces[end].dot:
            return None
    return None


def _street_or_bare(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    street = street_from(pieces, at, index)
    if street and not runs_on(pieces, street):
        return street
    return bare_street_after(pieces, at, index)
