"""What to ask Geoclient for an address, and what to call the place it finds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, Place, PlaceKind
from integrations.geoclient.wire import Found, borough_code, point, text
from integrations.streets import canonical_street, readable_street

_ZIP = re.compile(r"1[01]\d{3}")
_KINDS = {
    "address": PlaceKind.ADDRESS,
    "addresspoint": PlaceKind.ADDRESS,
    "intersection": PlaceKind.INTERSECTION,
    "blockface": PlaceKind.BLOCK,
    "place": PlaceKind.LANDMARK,
}


@dataclass(frozen=True, slots=True)
class Question:
    """One search line without its borough, and where it may be.

    Attributes:
        line: what to search for.
        kind: what the words name; what Geoclient says wins.
        borough: official name, or None when nobody said.
        zip: postal code as said, or None.
        streets: comparable names of the streets in it.
    """

    line: str
    kind: PlaceKind
    borough: str | None
    zip: str | None
    streets: tuple[str, ...] = ()

    def full_line(self, borough: str | None) -> str:
        """Return the line to send; the ZIP only when no borough is given."""
        where = borough or self.zip
        return f"{self.line}, {where}" if where else self.line

    def known_boroughs(self, city: City) -> tuple[str, ...]:
        """Return the boroughs in which the city's list has all streets of the question."""
        lists = [city.gazetteer.streets.get(street, ()) for street in self.streets]
        if not lists:
            return ()
        return tuple(name for name in lists[0] if all(name in other for other in lists))


def ask(address: AddressText, borough: str | None, city: City) -> Question:
    """Return the question an address amounts to.

    Args:
        address: the words that say where.
        borough: chosen by the resident or the flow; wins over the address's own.
        city: for the boroughs of ZIPs and neighbourhoods.
    """
    line, kind = _line(address)
    streets = [address.street or "", *address.cross_streets]
    said = borough or address.borough or _implied(address, city)
    return Question(
        line=" ".join(line.split())[:200],
        kind=kind,
        borough=said if any(row.name == said for row in city.boroughs) else None,
        zip=address.zip if address.zip and not (borough or address.borough) else None,
        streets=tuple(name for name in map(canonical_street, streets) if name),
    )


def _line(address: AddressText) -> tuple[str, PlaceKind]:
    """Return the search line of an address and what it names."""
    street, cross = address.street, address.cross_streets
    if street and len(cross) >= 2 and not address.house:
        return f"{street} between {cross[0]} and {cross[1]}", PlaceKind.BLOCK
    if street and address.house:
        return f"{address.house} {street}", PlaceKind.ADDRESS
    if street and cross:
        return f"{street} and {cross[0]}", PlaceKind.INTERSECTION
    if not street and len(cross) >= 2:
        return f"{cross[0]} and {cross[1]}", PlaceKind.INTERSECTION
    return address.place or street or address.text, PlaceKind.LANDMARK


def _implied(address: AddressText, city: City) -> str | None:
    """Return the borough that a ZIP or a neighbourhood implies, or None."""
    if address.zip and address.zip in city.gazetteer.zips:
        return city.gazetteer.zips[address.zip]
    if address.place and (address.street or address.cross_streets):
        return city.gazetteer.neighbourhoods.get(address.place.upper().replace(".", ""))
    return None


def name_borough(found: Found, city: City) -> str | None:
    """Return the official name of the borough an answer lies in, or None."""
    code = borough_code(found.fields)
    for borough in city.boroughs:
        if code == borough.code:
            return borough.name
    printed = text(found.fields, "firstBoroughName").upper()
    for borough in city.boroughs:
        # Geosupport prints nine characters: `STATEN IS`.
        if printed and borough.name.upper()[:9] == printed[:9]:
            return borough.name
    return None


def make_place(found: Found, question: Question, city: City) -> Place | None:
    """Return the place an answer describes, or None when it has no sensible point."""
    at = point(found.fields)
    if at is None:
        return None
    kind = _KINDS.get(found.kind, question.kind)
    borough = name_borough(found, city)
    house = text(found.fields, "houseNumber", 12) or None
    street = text(found.fields, "firstStreetNameNormalized", 60)
    street = readable_street(street) if street else ""
    postal = text(found.fields, "zipCode", 10)
    label = _label(found, question, kind, house, street)
    return Place(
        label=f"{label}, {borough}" if borough else label,
        kind=kind,
        latitude=round(at[0], 6),
        longitude=round(at[1], 6),
        house=house,
        street=street or None,
        borough=borough,
        zip=postal if _ZIP.fullmatch(postal) else None,
        source="geoclient",
        exact=found.status != "POSSIBLE_MATCH" or found.level == "0",
    )


def _label(
    found: Found, question: Question, kind: PlaceKind, house: str | None, street: str
) -> str:
    """Return what people call the place, without its borough."""
    second = readable_street(text(found.fields, "secondStreetNameNormalized", 60))
    third = readable_street(text(found.fields, "thirdStreetNameNormalized", 60))
    if kind is PlaceKind.ADDRESS and house and street:
        return f"{house} {street}"
    if kind is PlaceKind.INTERSECTION and street and second:
        return f"{street} and {second}"
    if kind is PlaceKind.BLOCK and street and second and third:
        return f"{street}, {_stretch(second, third)}"
    typed = question.line
    return typed if any(char.isupper() for char in typed[1:]) else readable_street(typed)


def _stretch(first: str, last: str) -> str:
    """Return both ends of a block, their kind said once: `West 34th to West 35th Street`."""
    one, two = first.split(), last.split()
    if len(one) > 1 and one[-1] == two[-1]:
        one = one[:-1]
    return f"{' '.join(one)} to {last}"
