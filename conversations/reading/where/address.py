"""Address: the front door of this package. Gathers what a message says about where and chooses.

One message may name several places; the most exact wins, then the first: a house, then a block,
a corner, a street, a named place, an area. What stands around the winner completes it.
"""

from __future__ import annotations

from conversations.reading.where.areas import (
    Tail,
    borough_at,
    find_boroughs,
    neighbourhood_end,
    read_tail,
    zip_at,
)
from conversations.reading.where.choices import (
    Chosen,
    choose_area,
    choose_crossing,
    choose_house,
    choose_landmark,
    choose_outside,
    choose_road,
    choose_street,
    two_numbers,
)
from conversations.reading.where.gathering import Found, gather
from conversations.reading.where.grammar import Street
from conversations.reading.where.landmarks import find_exit, find_landmark
from conversations.reading.where.names import NameIndex, build_index
from conversations.reading.where.pieces import Break, Piece, cut, unescape
from conversations.reading.where.spanish import say_in_english
from conversations.reading.where.spelling import mend, mended_words
from conversations.reading.where.towns import town_end
from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText


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
        mend(pieces, self.index)
        found = gather(pieces, self.index)
        chosen = (
            two_numbers(pieces)
            or choose_house(pieces, found)
            or choose_crossing(found)
            or choose_street(pieces, found)
            or choose_road(pieces, self.index)
            or choose_outside(pieces, found, self.index)
            or choose_landmark(pieces, found, self.index)
            or choose_area(pieces, self.index)
        )
        return _complete(text, pieces, chosen, found, self.index) if chosen else None


def _complete(
    text: str, pieces: list[Piece], chosen: Chosen, found: Found, index: NameIndex
) -> AddressText:
    """Return the address with what stands behind, before and elsewhere in the message."""
    place = chosen.place
    tail_at = place[0] if place and _names_area(pieces, place, index) else chosen.end
    tail = read_tail(pieces, tail_at, index)
    end = max(tail.end, chosen.end, chosen.start + 1)
    if chosen.house and chosen.street and not (tail.borough or tail.zip or tail.neighbourhood):
        end = town_end(pieces, end)
    start = chosen.start
    borough, code = _borough_of(pieces, chosen, tail, found, index), tail.zip
    if not tail.borough and start > 0:
        start, before = _area_before(pieces, start, index)
        borough = before or borough
    if code is None:
        code = _zip_elsewhere(pieces, found, index)
        borough = borough or (index.zips.get(code) if code else None)
    end, at_exit = _exit_of(pieces, chosen, end)
    start = min(start, at_exit[0]) if at_exit else start
    venue = _venue_before(pieces, chosen, found, index)
    start = venue[0] if venue else start
    name = place or at_exit or venue or tail.neighbourhood

    def words_of(span: tuple[int, int]) -> str:
        return text[pieces[span[0]].start : pieces[span[1] - 1].end]

    def street_words(street: Street) -> str:
        typed = " ".join(unescape(words_of((street.start, street.end))).split())
        return say_in_english(mended_words(pieces[street.start : street.end]) or typed)

    return AddressText(
        text=words_of((start, end)),
        house=chosen.house,
        street=street_words(chosen.street) if chosen.street else None,
        cross_streets=tuple(street_words(street) for street in chosen.cross),
        borough=borough,
        zip=code,
        place=words_of(name) if name else None,
        elsewhere=borough is None and (chosen.outside or tail.outside),
    )


def _exit_of(pieces: list[Piece], chosen: Chosen, end: int) -> tuple[int, tuple[int, int] | None]:
    """Return the end of the address, and the words that name an exit of its highway, if any."""
    if chosen.street is None or chosen.house or chosen.cross:
        return end, None
    span = find_exit(pieces, chosen.street)
    return (max(end, span[1]), span) if span else (end, None)


def _venue_before(
    pieces: list[Piece], chosen: Chosen, found: Found, index: NameIndex
) -> tuple[int, int] | None:
    """Return the named place right before a house: `Mt Tabor Park, 6220 SE Salmon St`."""
    if not chosen.house or pieces[chosen.start].gap is not Break.SOFT:
        return None
    landmark = find_landmark(pieces[: chosen.start], found.taken, index)
    if landmark is None or landmark.end != chosen.start:
        return None
    return landmark.start, landmark.end


def _names_area(pieces: list[Piece], place: tuple[int, int], index: NameIndex) -> bool:
    return neighbourhood_end(pieces, place[0], index) == place[1]


def _borough_of(
    pieces: list[Piece], chosen: Chosen, tail: Tail, found: Found, index: NameIndex
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


def _may_lie_in(pieces: list[Piece], chosen: Chosen, tail: Tail, index: NameIndex) -> bool:
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
            if neighbourhood_end(pieces, at, index) == start:
                name = " ".join(piece.key for piece in pieces[at:start])
                return at, index.neighbourhoods[name]
    return start, None


def _zip_elsewhere(pieces: list[Piece], found: Found, index: NameIndex) -> str | None:
    """Return a postal code of the city that stands away from the address."""
    for at in range(len(pieces)):
        if at not in found.taken:
            code = zip_at(pieces, at, index, trusted=False)
            if code:
                return code
    return None
