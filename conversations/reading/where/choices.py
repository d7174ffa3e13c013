"""Choices: which of the things a message names says best where it is.

Each function looks for one kind of answer; `address.AddressReader` asks them from the most exact
kind to the least.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversations.reading.where import words
from conversations.reading.where.areas import find_boroughs, neighbourhood_end, zip_at
from conversations.reading.where.bare import bare_street_after
from conversations.reading.where.crossings import Crossing
from conversations.reading.where.gathering import Found
from conversations.reading.where.grammar import Street, Sure, attached, nameable, ordinary
from conversations.reading.where.landmarks import find_landmark
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece
from conversations.reading.where.towns import find_outside

_NEAR_HOUSE = 3
_STREET_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """The winner, in pieces: what becomes the fields of the address."""

    start: int
    end: int
    house: str | None = None
    street: Street | None = None
    cross: tuple[Street, ...] = ()
    place: tuple[int, int] | None = None
    borough: str | None = None
    outside: bool = False


def two_numbers(pieces: list[Piece]) -> Chosen | None:
    """`72 18` and nothing else: house 72 on 18."""
    if len(pieces) != 2 or any(piece.kind is not Kind.NUMBER for piece in pieces):
        return None
    if not 2 <= len(pieces[0].raw) <= 5 or len(pieces[1].raw) > 3:
        return None
    return Chosen(0, 2, pieces[0].raw, Street(1, 2, Sure.WORD))


def choose_house(pieces: list[Piece], found: Found) -> Chosen | None:
    """Return the best house: one on a street with its type or a known one before a bare name."""
    if not found.houses:
        return None
    best = max(found.houses, key=lambda item: min(item.street.sure, Sure.KNOWN))
    cross: tuple[Street, ...] = ()
    end = best.street.end
    for crossing in found.crossings:
        if crossing.main == best.street and crossing.end > end:
            cross, end = crossing.cross, crossing.end
            break
        lead = range(best.street.end, crossing.start + 1)
        if 0 < len(lead) <= _NEAR_HOUSE and crossing.main is None:
            cross, end = crossing.cross, crossing.end
            break
    return Chosen(best.house.start, end, best.house.number, best.street, cross)


def choose_crossing(found: Found) -> Chosen | None:
    """Return the best corner or block: one that is led to, else the surest."""
    if not found.crossings:
        return None

    def weight(crossing: Crossing) -> tuple[bool, int]:
        return crossing.led, min(street.sure for street in crossing.cross)

    best = max(found.crossings, key=weight)
    return Chosen(best.start, best.end, None, best.main, best.cross)


def choose_street(pieces: list[Piece], found: Found) -> Chosen | None:
    """Return the first street that stands alone; one with its type before one without."""
    if not found.streets:
        return None
    best = max(found.streets, key=lambda street: min(street.sure, Sure.TYPED))
    number = _number_after(pieces, best)
    if number:
        return Chosen(best.start, number, pieces[number - 1].raw, best)
    if best.sure < Sure.TYPED and len(pieces) > _NEAR_HOUSE and not _led_to(pieces, best.start):
        return None
    return Chosen(best.start, best.end, None, best)


def choose_road(pieces: list[Piece], index: NameIndex) -> Chosen | None:
    """Return a street called by its bare name after a word like "on": `on Livingston`."""
    for at in range(1, len(pieces)):
        lead = pieces[at - 1].low
        if lead == "of" and at > 1 and pieces[at - 2].low in ("side", "corner"):
            lead = "on"
        piece = pieces[at]
        if _spanish_number(pieces, at):
            return Chosen(at, at + 1, None, Street(at, at + 1, Sure.KNOWN))
        if lead not in words.ROAD_LEADS or not attached(pieces, at):
            continue
        if piece.kind is Kind.ORDINAL and lead == "on" and _says_no_more(pieces, at + 1):
            return Chosen(at, at + 1, None, Street(at, at + 1, Sure.KNOWN))
        if not nameable(piece):
            continue
        street = bare_street_after(pieces, at, index)
        if street is None or ordinary(piece) or piece.low in words.COMMON:
            continue
        follower = pieces[street.end].low if street.end < len(pieces) else ""
        if street.sure >= Sure.KNOWN or (piece.cap and follower in words.ROAD_FOLLOWS):
            return Chosen(street.start, street.end, None, street)
    return None


def _spanish_number(pieces: list[Piece], at: int) -> bool:
    """`en la 82`: Spanish says of a bare number with its article that it is a street."""
    led = at > 1 and pieces[at - 1].low == "la" and pieces[at - 2].low in ("en", "sobre", "por")
    number = pieces[at].kind is Kind.NUMBER and 2 <= len(pieces[at].low) <= _STREET_DIGITS
    return led and number and _says_no_more(pieces, at + 1)


def _says_no_more(pieces: list[Piece], at: int) -> bool:
    """Return whether an ordinal stands alone: `on 42nd`, not `on 5th of May` or `on 3rd floor`."""
    if at >= len(pieces) or pieces[at].gap is not Break.NONE:
        return True
    return pieces[at].low in words.STOP and pieces[at].low not in ("of", "de")


def _number_after(pieces: list[Piece], street: Street) -> int:
    """Return the end of a house number behind its street (`calle Broadway número 24`), or 0."""
    at = street.end
    marked = at < len(pieces) and pieces[at].low in ("no", "num", "numero", "number", "#", "nro")
    at += marked
    if at >= len(pieces) or pieces[at].kind not in (Kind.NUMBER, Kind.HOUSE):
        return 0
    alone = street.start == 0 and (at + 1 == len(pieces) or pieces[at + 1].gap is not Break.NONE)
    close = pieces[at].gap is Break.NONE and len(pieces[at].raw) < 5
    spanish = pieces[street.start].low in ("calle", "avenida") and street.end - street.start > 1
    named = spanish and pieces[street.end - 1].kind is Kind.WORD
    return at + 1 if marked or ((alone or named) and close) else 0


def _led_to(pieces: list[Piece], at: int) -> bool:
    return at > 0 and pieces[at - 1].low in words.CUES


def choose_outside(pieces: list[Piece], found: Found, index: NameIndex) -> Chosen | None:
    """Return another town (`in jersey city nj`), unless a part of this city is named too."""
    span = find_outside(pieces, index)
    if span is None or found.taken.intersection(range(*span)) or find_boroughs(pieces, index):
        return None
    return Chosen(*span, place=span, outside=True)


def choose_landmark(pieces: list[Piece], found: Found, index: NameIndex) -> Chosen | None:
    """Return the first named park, school, station or other place."""
    landmark = find_landmark(pieces, found.taken, index)
    if landmark is None:
        return None
    span = (landmark.start, landmark.end)
    borough = landmark.borough or _borough_in_name(pieces, span, index)
    return Chosen(*span, place=span, borough=borough)


def _borough_in_name(pieces: list[Piece], span: tuple[int, int], index: NameIndex) -> str | None:
    """`marble hill houses bldg 1`: a place called after a neighbourhood lies in its borough.

    Not by one word that streets are called too: there is a Clinton school in more than one.
    """
    for end in range(span[1] - 1, span[0], -1):
        name = " ".join(piece.key for piece in pieces[span[0] : end])
        if name in index.neighbourhoods and (end - span[0] > 1 or name not in index.cores):
            return index.neighbourhoods[name]
    return None


def choose_area(pieces: list[Piece], index: NameIndex) -> Chosen | None:
    """Return a neighbourhood, a postal code or a borough when nothing else says where."""
    for at in range(len(pieces)):
        end = neighbourhood_end(pieces, at, index)
        if end > at and (pieces[at].cap or end - at > 1 or len(pieces) <= 4 or _led_to(pieces, at)):
            return Chosen(at, end, place=(at, end))
    for at in range(len(pieces)):
        if zip_at(pieces, at, index, trusted=len(pieces) == 1):
            return Chosen(at, at)
    for area in find_boroughs(pieces, index):
        if not area.short or (len(pieces) == 1 and pieces[0].low not in words.STOP):
            return Chosen(area.start, area.start)
    return None
