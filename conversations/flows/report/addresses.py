"""Working with the words that say where: are they enough, and how two answers become one.

Pure functions on `AddressText`; finding the place itself is a Look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from string import capwords
from typing import Any

from conversations.engine.given import Scene
from conversations.reading.text import fold
from conversations.reading.where.names import normalise_street
from conversations.vocabulary.places import AddressText, Place, PlaceKind

MAX_LABEL = 120
_NUMBERED = re.compile(r"\b(\d{1,3}) (Street|Avenue|St|Ave|Road|Rd)\b")
PLACE_FACTS = (
    "where", "area", "house_number", "same_place", "spot", "which_place", "not_found", "map_down",
    "no_address", "description", "exact_spot", "chosen",
)  # fmt: skip


def restore_address(value: Any, scene: Scene) -> AddressText:
    """Return a stored address; raises when the stored value is none."""
    return AddressText.from_json(value)


def restore_place(value: Any, scene: Scene) -> Place:
    """Return a stored place; raises when the stored value is none."""
    return Place.from_json(value)


def is_enough(address: AddressText) -> bool:
    """Return whether the words name a spot: number and street, a corner, a block, or a place."""
    if address.place or len(address.cross_streets) > 1:
        return True
    return bool(address.street and (address.house or address.cross_streets))


def is_area(address: AddressText) -> bool:
    """Return whether the words only name a part of the city."""
    return not is_enough(address) and not address.street and not address.house


def names_area(address: AddressText, scene: Scene) -> bool:
    """Return whether the words only name a borough, postal code or neighbourhood of the city."""
    if is_area(address):
        return True
    if not address.place or address.street or address.house or address.cross_streets:
        return False
    said = normalise_street(address.place)
    known = scene.city.gazetteer.neighbourhoods
    return any(said == normalise_street(name) for name in known if name[:1] == said[:1])


def is_known_street(address: AddressText, scene: Scene) -> bool:
    """Return whether the street is one of the city's, as it is written there."""
    said = normalise_street(address.street or "")
    known = scene.city.gazetteer.streets
    return any(said == normalise_street(name) for name in known if name[:1] == said[:1])


def is_same_spot(said: AddressText, known: AddressText) -> bool:
    """Return whether an address says again what is known, with nothing that contradicts it."""
    if not is_enough(said) or _spot(said) != _spot(known):
        return False
    return all(
        new is None or new == old
        for new, old in ((said.borough, known.borough), (said.zip, known.zip))
    )


def _spot(address: AddressText) -> tuple[str, ...]:
    parts = (address.house, address.street, *address.cross_streets, address.place)
    return tuple(fold(part) for part in parts if part)


def add_area(address: AddressText, area: AddressText | None) -> AddressText:
    """Return the address with borough and postal code said earlier, where it has none."""
    if area is None or address.borough or address.zip:
        return address
    return replace(address, borough=area.borough, zip=area.zip)


def join(street: AddressText, more: AddressText) -> AddressText:
    """Return one address from a street named first and what was said about it afterwards."""
    if is_enough(more) and more.street:
        return add_area(more, street)
    crosses = more.cross_streets
    if more.street and more.street != street.street:
        crosses = (more.street, *crosses)
    house = more.house or street.house
    spot = replace(
        street,
        house=house,
        cross_streets=crosses,
        place=more.place or (None if house or crosses else street.place),
        borough=more.borough or street.borough,
        zip=more.zip or street.zip,
    )
    return replace(spot, text=write(spot))


def write(address: AddressText) -> str:
    """Return an address on one line, as a person would write it."""
    line = " ".join(part for part in (address.house, address.street) if part)
    if address.place and line and fold(line) in fold(address.place):
        line = address.place  # `BQE exit 32` says more than `BQE`
    if len(address.cross_streets) > 1:
        line = f"{line} ({' - '.join(address.cross_streets)})".strip()
    elif address.cross_streets:
        line = " & ".join(part for part in (line, address.cross_streets[0]) if part)
    parts = (line or address.place, address.borough or address.zip)
    return ", ".join(part for part in parts if part) or address.text


def polish(words: str) -> str:
    """Return a street as people write it: `90 street` is 90th Street."""
    parts = [capwords(part) if part == part.lower() else part for part in words.split(", ")]
    return _NUMBERED.sub(_say_ordinal, ", ".join(parts))


def _say_ordinal(found: re.Match[str]) -> str:
    number = int(found[1])
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending} {found[2]}"


def describe(words: str, address: AddressText | None = None) -> Place:
    """Return the place a resident described in words, without coordinates.

    Args:
        words: what tells how to find it.
        address: what is known of the address besides.
    """
    label = " ".join(words.split())[:MAX_LABEL]
    known = address or AddressText("")
    return Place(
        label,
        PlaceKind.DESCRIBED,
        house=known.house,
        street=known.street,
        borough=known.borough,
        zip=known.zip,
        source="resident",
        exact=False,
    )


def read_places(found: Mapping[str, Any]) -> list[Place]:
    """Return the places of a geocode answer; what is not a place is left out."""
    places = []
    for item in found.get("places") or ():
        try:
            places.append(Place.from_json(item))
        except (LookupError, TypeError, ValueError, AttributeError):
            continue  # the answer came from outside; one bad entry must not cost the others
    return places
