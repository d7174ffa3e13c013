"""Streets named by a bare number: "5th and 42nd" says neither which is the avenue.

Residents leave the kind of street out; Geoclient wants it. Each sensible spelling is asked for, and
the answers are put together: one place is exact, several are for the resident to choose from.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from conversations.vocabulary.places import AddressText, GeocodeStatus, Place
from integrations.kit.dto import GeocodeDTO

MOST_SPELLINGS = 4
MOST_PLACES = 5
_BARE = re.compile(
    r"(?:(w|e|n|s|west|east|north|south)\.? )?\d{1,3}(?:st|nd|rd|th)?", re.IGNORECASE
)
_WORTH = (GeocodeStatus.POSSIBLE, GeocodeStatus.OUTSIDE, GeocodeStatus.REJECTED)


def spell_out(address: AddressText) -> tuple[AddressText, ...]:
    """Return the address with its bare numbers spelled out in every sensible way.

    Of two crossing numbers one is the avenue and one the street. A number with a direction is a
    street. An address without bare numbers comes back alone.
    """
    if not address.street:
        return (address,)
    names = [address.street, *address.cross_streets]
    choices = [_kinds(name) for name in names]
    if all(kinds == ("",) for kinds in choices):
        return (address,)
    spelled = []
    for kinds in itertools.product(*choices):
        if len(kinds) == 2 and kinds[0] and kinds[0] == kinds[1]:
            continue  # two streets, or two avenues, of one grid do not cross
        full = [f"{name} {kind}".strip() for name, kind in zip(names, kinds, strict=True)]
        spelled.append(replace(address, street=full[0], cross_streets=tuple(full[1:])))
    return tuple(spelled[:MOST_SPELLINGS]) or (address,)


def _kinds(name: str) -> tuple[str, ...]:
    """Return the kinds of street a name may be short for; an empty text when it has its own."""
    found = _BARE.fullmatch(name.strip())
    if found is None:
        return ("",)
    return ("Street",) if found[1] else ("Avenue", "Street")


def merge(answers: Sequence[GeocodeDTO]) -> GeocodeDTO:
    """Return one answer of those to all spellings; `answers` is not empty."""
    places: list[Place] = []
    for answer in answers:
        if answer.status in (GeocodeStatus.EXACT, GeocodeStatus.AMBIGUOUS):
            places += [place for place in answer.places if place not in places]
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
