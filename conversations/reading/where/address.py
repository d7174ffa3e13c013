"""Address: the front door of this package. Gathers what a message says about where and chooses.

One message may name several places; the most exact wins, then the first: a house, then a block,
a corner, a street, a named place, an area. What stands around the winner completes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversations.reading.where import words
from conversations.reading.where.areas import (
    Tail,
    borough_at,
    find_boroughs,
    neighbourhood_end,
    read_tail,
    zip_at,
)
from conversations.reading.where.crossings import Crossing, find_crossings
from conversations.reading.where.houses import HouseOnStreet, house_on_street
from conversations.reading.where.landmarks import find_landmark
from conversations.reading.where.names import NameIndex, build_index
from conversations.reading.where.pieces import Break, Kind, Piece, cut
from conversations.reading.where.streets import (
    Street,
    Sure,
    attached,
    street_backwards,
    street_from,
    whole_start,
)
from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText

_NEAR_HOUSE = 3
_CROSS_LEADS = frozenset(
    ["between", "btwn", "near", "nr", "by", "off", "at", "and", "corner", "of", "&", "@", "b/w"]
)


@dataclass(slots=True)
class _Found:
    """What the message names: houses on streets, all streets in order, corners and blocks."""

    houses: list[HouseOnStreet]
    streets: list[Street]
    crossings: list[Crossing]
    taken: set[int]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The winner, in pieces: what becomes the fields of the address."""

    start: int
    end: int
    house: str | None = None
    street: Street | None = None
    cross: tuple[Street, ...] = ()
    place: tuple[int, int] | None = None
    borough: str | None = None


class AddressReader:
    """Finds the words that say where. Built once per city; reading changes nothing."""

    def __init__(self, city: City) -> None:
        self.index: NameIndex = build_index(city)

    def read(self, text: str) -> AddressText | None:
        """Return the most exact address in free text of a resident, or None.

        Args:
            text: the message as typed, in English or Spanish; only its first 1,600 characters
                are looked at. Anything may be in it; nothing is raised.
        """
        pieces = cut(text)
        if not pieces:
            return None
        found = _gather(pieces, self.index)
        chosen = (
            _two_numbers(pieces)
            or _choose_house(pieces, found)
            or _choose_crossing(found)
            or _choose_street(pieces, found)
            or _choose_landmark(pieces, found, self.index)
            or _choose_area(pieces, self.index)
        )
        return _complete(text, pieces, chosen, found, self.index) if chosen else None


def _gather(pieces: list[Piece], index: NameIndex) -> _Found:
    """Return everything that may say where."""
    houses: list[HouseOnStreet] = []
    streets: list[Street] = []
    taken: set[int] = set()
    at = 0
    while at < len(pieces):
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
    return _Found(houses, streets, find_crossings(pieces, streets, index), taken)


def _standing(pieces: list[Piece], at: int, index: NameIndex) -> Street | None:
    """Return the street, without a house number, that starts at `at` or whose type is there."""
    piece = pieces[at]
    if piece.key in words.TYPES and at > 0 and attached(pieces, at):
        street = street_backwards(pieces, at, index)
        if street:
            return street
    prefixed = piece.low in words.SPANISH_TYPES or piece.key == "avenue"
    if prefixed or _opens_highway(pieces, at):
        street = street_from(pieces, at, index)
        after = pieces[at + 1].key if at + 1 < len(pieces) else ""
        if street and (street.sure is Sure.LISTED or after not in words.TYPES):
            return street if _really_prefixed(pieces, street) else None
    if piece.key in index.longest or piece.kind in (Kind.ORDINAL, Kind.NUMBER):
        street = street_from(pieces, at, index)
        if street and street.sure is Sure.LISTED:
            if _is_place(pieces, street):
                return None
            return Street(whole_start(pieces, at), street.end, Sure.LISTED)
        if street and _numbered(pieces, street):
            return street
    if piece.key in words.DIRECTIONS:
        return _directed_number(pieces, at)
    return None


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


def _two_numbers(pieces: list[Piece]) -> _Chosen | None:
    """`72 18` and nothing else: house 72 on 18."""
    if len(pieces) != 2 or any(piece.kind is not Kind.NUMBER for piece in pieces):
        return None
    if not 2 <= len(pieces[0].raw) <= 5 or len(pieces[1].raw) > 3:
        return None
    return _Chosen(0, 2, pieces[0].raw, Street(1, 2, Sure.WORD))


def _choose_house(pieces: list[Piece], found: _Found) -> _Chosen | None:
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
    return _Chosen(best.house.start, end, best.house.number, best.street, cross)


def _choose_crossing(found: _Found) -> _Chosen | None:
    """Return the best corner or block: one that is led to, else the surest."""
    if not found.crossings:
        return None

    def weight(crossing: Crossing) -> tuple[bool, int]:
        return crossing.led, min(street.sure for street in crossing.cross)

    best = max(found.crossings, key=weight)
    return _Chosen(best.start, best.end, None, best.main, best.cross)


def _choose_street(pieces: list[Piece], found: _Found) -> _Chosen | None:
    """Return the first street that stands alone; one with its type before one without."""
    if not found.streets:
        return None
    best = max(found.streets, key=lambda street: min(street.sure, Sure.TYPED))
    number = _number_after(pieces, best)
    if number:
        return _Chosen(best.start, number, pieces[number - 1].raw, best)
    if best.sure < Sure.TYPED and len(pieces) > _NEAR_HOUSE and not _led_to(pieces, best.start):
        return None
    return _Chosen(best.start, best.end, None, best)


def _number_after(pieces: list[Piece], street: Street) -> int:
    """Return the end of a house number behind its street (`calle Broadway número 24`), or 0."""
    at = street.end
    marked = at < len(pieces) and pieces[at].low in ("no", "num", "numero", "number", "#", "nro")
    at += marked
    if at >= len(pieces) or pieces[at].kind not in (Kind.NUMBER, Kind.HOUSE):
        return 0
    alone = street.start == 0 and (at + 1 == len(pieces) or pieces[at + 1].gap is not Break.NONE)
    close = pieces[at].gap is Break.NONE and len(pieces[at].raw) < 5
    return at + 1 if marked or (alone and close) else 0


def _led_to(pieces: list[Piece], at: int) -> bool:
    return at > 0 and pieces[at - 1].low in words.CUES


def _choose_landmark(pieces: list[Piece], found: _Found, index: NameIndex) -> _Chosen | None:
    landmark = find_landmark(pieces, found.taken, index)
    if landmark is None:
        return None
    span = (landmark.start, landmark.end)
    return _Chosen(*span, place=span, borough=landmark.borough)


def _choose_area(pieces: list[Piece], index: NameIndex) -> _Chosen | None:
    """Return a neighbourhood, a postal code or a borough when nothing else says where."""
    for at in range(len(pieces)):
        end = neighbourhood_end(pieces, at, index)
        if end > at and (pieces[at].cap or end - at > 1 or len(pieces) <= 4 or _led_to(pieces, at)):
            return _Chosen(at, end, place=(at, end))
    for at in range(len(pieces)):
        if zip_at(pieces, at, index, trusted=len(pieces) == 1):
            return _Chosen(at, at)
    for area in find_boroughs(pieces, index):
        if not area.short or len(pieces) == 1:
            return _Chosen(area.start, area.start)
    return None


def _complete(
    text: str, pieces: list[Piece], chosen: _Chosen, found: _Found, index: NameIndex
) -> AddressText:
    """Return the address with what stands behind, before and elsewhere in the message."""
    place = chosen.place
    tail_at = place[0] if place and _names_area(pieces, place, index) else chosen.end
    tail = read_tail(pieces, tail_at, index)
    end = max(tail.end, chosen.end)
    start = chosen.start
    borough, code = _borough_of(pieces, chosen, tail, found, index), tail.zip
    if not tail.borough and start > 0:
        start, before = _area_before(pieces, start, index)
        borough = before or borough
    if code is None:
        code = _zip_elsewhere(pieces, found, index)
        borough = borough or (index.zips.get(code) if code else None)
    name = place or tail.neighbourhood

    def words_of(span: tuple[int, int]) -> str:
        return text[pieces[span[0]].start : pieces[span[1] - 1].end]

    def street_words(street: Street) -> str:
        return words_of((street.start, street.end))

    return AddressText(
        text=words_of((start, end)),
        house=chosen.house,
        street=street_words(chosen.street) if chosen.street else None,
        cross_streets=tuple(street_words(street) for street in chosen.cross),
        borough=borough,
        zip=code,
        place=words_of(name) if name else None,
    )


def _names_area(pieces: list[Piece], place: tuple[int, int], index: NameIndex) -> bool:
    return neighbourhood_end(pieces, place[0], index) == place[1]


def _borough_of(
    pieces: list[Piece], chosen: _Chosen, tail: Tail, found: _Found, index: NameIndex
) -> str | None:
    """Return the borough said next to the address, implied there, or said anywhere else."""
    if tail.borough and not (
        tail.weak and (tail.implied or not _may_lie_in(pieces, chosen, tail, index))
    ):
        return tail.borough
    if tail.implied or chosen.borough:
        return tail.implied or chosen.borough
    for area in find_boroughs(pieces, index):
        free = not found.taken.intersection(range(area.start, area.end))
        if free and not area.short and not (tail.borough and tail.weak):
            return area.borough
    return None


def _may_lie_in(pieces: list[Piece], chosen: _Chosen, tail: Tail, index: NameIndex) -> bool:
    """`New York, NY` means Manhattan only for a street that may be there."""
    if chosen.street is None:
        return True
    street = chosen.street
    name = " ".join(piece.key for piece in pieces[street.start : street.end])
    known = index.streets.get(name) or index.cores.get(name)
    return known is None or tail.borough in known


def _area_before(pieces: list[Piece], start: int, index: NameIndex) -> tuple[int, str | None]:
    """Return the borough right before the address (`bk, 123 bedford`) and where it starts."""
    for length in (3, 2, 1):
        at = start - length
        if at >= 0 and pieces[start].gap is not Break.HARD:
            area = borough_at(pieces, at, index)
            if area and area.end == start and (at == 0 or not area.short):
                return at, area.borough
    return start, None


def _zip_elsewhere(pieces: list[Piece], found: _Found, index: NameIndex) -> str | None:
    """Return a postal code of the city that stands away from the address."""
    for at in range(len(pieces)):
        if at not in found.taken:
            code = zip_at(pieces, at, index, trusted=False)
            if code:
                return code
    return None
