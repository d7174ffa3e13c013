"""Streets named by a bare number: "5th and 42nd" says neither which is the avenue.

Residents leave the kind of street out; Geoclient wants it. Each sensible spelling is asked for, and
the answers are put together: one place is exact, several are for the resident to choose from.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, GeocodeStatus, Place, PlaceKind
from integrations.kit.dto import GeocodeDTO
from integrations.streets import canonical_street

MOST_SPELLINGS = 4
MOST_PLACES = 5
_BARE = re.compile(
    r"(?:(w|e|n|s|west|east|north|south)\.? )?\d{1,3}(?:st|nd|rd|th)?", re.IGNORECASE
)
_TYPED = re.compile(r"\d{1,3} (STREET|AVENUE)")
SAME_BLOCK_DEG = 0.002
_WORTH = (GeocodeStatus.POSSIBLE, GeocodeStatus.OUTSIDE, GeocodeStatus.REJECTED)


def spell_out(address: AddressText, city: City) -> tuple[AddressText, ...]:
    """Return the address with its bare numbers spelled out in every sensible way.

    Of two crossing numbers one is the avenue and one the street; the two ends of a block are of
    one kind. A number with a direction is a street. An address without bare numbers comes back
    alone, except a block between two numbered streets that the city also has as West and East.
    """
    if not address.street:
        return (address,)
    names = [address.street, *address.cross_streets]
    choices = [_kinds(name) for name in names]
    spelled = []
    for kinds in itertools.product(*choices):
        full = [f"{name} {kind}".strip() for name, kind in zip(names, kinds, strict=True)]
        said = [kind or _own_kind(name) for name, kind in zip(names, kinds, strict=True)]
        if _sensible(said):
            spelled.append(replace(address, street=full[0], cross_streets=tuple(full[1:])))
    spelled = spelled[:MOST_SPELLINGS] or [address]
    return (*spelled, *(other for one in spelled for other in _directed_blocks(one, city)))


def _sensible(kinds: Sequence[str]) -> bool:
    """Return whether streets of these kinds (empty for names) may meet: a grid has two."""
    if len(kinds) == 3 and kinds[1] and kinds[2] and kinds[1] != kinds[2]:
        return False
    return not kinds[0] or all(kind != kinds[0] for kind in kinds[1:])


def _own_kind(name: str) -> str:
    """Return the kind of a numbered street that has its type: `5 ave` is an Avenue."""
    found = _TYPED.fullmatch(canonical_street(name))
    return found[1].capitalize() if found else ""


def _directed_blocks(block: AddressText, city: City) -> Iterator[AddressText]:
    """Yield a block between numbered streets as the city has it: between West 34 and West 35.

    Geosupport does not know Manhattan's `34 STREET`, and would leave only another borough's.
    """
    crosses = [canonical_street(name) for name in block.cross_streets]
    if len(crosses) != 2 or not all(map(_TYPED.fullmatch, crosses)):
        return
    for side in ("WEST", "EAST"):
        names = [f"{side} {name}" for name in crosses]
        known = [city.gazetteer.streets.get(name, ()) for name in names]
        for borough in known[0]:
            if borough in known[1] and block.borough in (None, borough):
                yield replace(block, cross_streets=tuple(names), borough=borough)


def _kinds(name: str) -> tuple[str, ...]:
    """Return the kinds of street a name may be short for; an empty text when it has its own."""
    found = _BARE.fullmatch(name.strip())
    if found is None:
        return ("",)
    return ("Street",) if found[1] else ("Avenue", "Street")


def _have(places: list[Place], place: Place) -> bool:
    """Return whether a place is there already; one block may have two names."""
    return place in places or any(
        place.kind is other.kind is PlaceKind.BLOCK
        and place.borough == other.borough
        and abs((place.latitude or 0) - (other.latitude or 0)) < SAME_BLOCK_DEG
        and abs((place.longitude or 0) - (other.longitude or 0)) < SAME_BLOCK_DEG
        for other in places
    )


def merge(answers: Sequence[GeocodeDTO]) -> GeocodeDTO:
    """Return one answer of those to all spellings; `answers` is not empty."""
    places: list[Place] = []
    for answer in answers:
        if answer.status in (GeocodeStatus.EXACT, GeocodeStatus.AMBIGUOUS):
            places += [place for place in answer.places if not _have(places, place)]
    if not places:
        ranked = sorted(answers, key=lambda answer: _WORTH.index(answer.status))
        return ranked[0]
    status = GeocodeStatus.EXACT if len(places) == 1 else GeocodeStatus.AMBIGUOUS
    boroughs = tuple(dict.fromkeys(place.borough for place in places if place.borough))
    return answers[0].model_copy(
        update={
            "status": status,
            "places": tuple(places[:MOST_PLACES]),
            "boroughs": boroughs,
            "suggestions": (),
        }
    )
