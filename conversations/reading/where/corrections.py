"""Corrections: what a resident changes in an address that is already known.

`no, 125 not 123`, `its Brooklyn not Queens`, `change it to 5th avenue`, or a whole new address.
Also `read_borough`, for the answer to "which borough?". Whether the message is a correction at
all is decided by the caller.
"""

from __future__ import annotations

from dataclasses import replace

from conversations.reading.where import words
from conversations.reading.where.address import AddressReader
from conversations.reading.where.areas import say_borough
from conversations.reading.where.names import NameIndex, key_of, normalise_street
from conversations.reading.where.pieces import Kind, Piece, cut
from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText

_REFUSED = frozenset({"not", "no", "isn't", "isnt", "of", "than", "en", "sino"})
_LETTER = 1
# Building the index of a city takes a moment, so readers are kept. A city is no key of a
# dictionary (it holds mappings); its identity is, as long as it is kept alive beside the reader.
_READERS: dict[int, tuple[City, AddressReader]] = {}
_MAX_READERS = 16


def reader_of(city: City) -> AddressReader:
    """Return the address reader of a city; the same city value gets the same reader."""
    kept = _READERS.get(id(city))
    if kept and kept[0] is city:
        return kept[1]
    if len(_READERS) >= _MAX_READERS:
        _READERS.clear()
    reader = AddressReader(city)
    _READERS[id(city)] = (city, reader)
    return reader


def read_borough(text: str, city: City) -> str | None:
    """Return the official name of the borough that an answer names, or None.

    Short aliases (`bk`, `si`) count only when nearly nothing else is said. A postal code or a
    neighbourhood of the city names its borough too. Of `Brooklyn not Queens` it is Brooklyn.
    """
    reader = reader_of(city)
    said = say_borough(cut(text), reader.index)
    if said:
        return said
    found = reader.read(text)
    return found.borough if found else None


def read_correction(text: str, known: AddressText, city: City) -> AddressText | None:
    """Return `known` with what `text` changes in it, or None when it changes nothing.

    A new house number keeps the street; a new street keeps the house number and, if it exists
    there, the borough; a new borough drops the postal code; a whole address replaces all.
    """
    reader = reader_of(city)
    pieces = cut(text)
    number = _new_number(pieces)
    if number is not None and number in reader.index.zips:
        return _changed(known, replace(known, zip=number, borough=reader.index.zips[number]))
    if number is not None:
        return _changed(known, replace(known, house=number, cross_streets=()))
    found = _affirmed(text, known, reader)
    if found is None:
        return None
    if found.street is None and not found.cross_streets and found.place is None:
        return _changed(known, _moved(known, found))
    if found.house is None and found.street and not found.cross_streets and known.house:
        found = replace(found, house=known.house, place=None)
    if found.borough is None and _may_keep(found, known, reader.index):
        same_street = normalise_street(found.street or "") == normalise_street(known.street or "")
        found = replace(found, borough=known.borough)
        found = replace(found, zip=found.zip or known.zip) if same_street else found
    return _changed(known, found)


def _new_number(pieces: list[Piece]) -> str | None:
    """Return the house number of a message that says nothing else: `no, 125 not 123`."""
    numbers = [piece for piece in pieces if piece.kind in (Kind.NUMBER, Kind.HOUSE)]
    others = [piece for piece in pieces if piece not in numbers]
    letters = [p for p in others if len(p.low) == _LETTER and p.kind is Kind.WORD and p.raw != "a"]
    if not numbers or any(p.low not in words.FILLERS for p in others if p not in letters):
        return None
    at = {id(piece): place for place, piece in enumerate(pieces)}
    affirmed = [piece for piece in numbers if not _refused(pieces, at[id(piece)])]
    if len(affirmed) != 1:
        return None
    number = affirmed[0]
    after = at[id(number)] + 1
    suffix = pieces[after] if after < len(pieces) and pieces[after] in letters else None
    return f"{number.raw} {suffix.raw}" if suffix else number.raw


def _refused(pieces: list[Piece], at: int) -> bool:
    """Return whether the piece is what the address is not: `not 123`, `instead of 123`.

    A comma ends the refusal, so `no, 125` affirms; so does a "no" that opens the message, unless
    another number follows to be the right one (`not 123 but 125`).
    """
    back = at - 1
    while back > 0 and pieces[back].low in ("the", "number", "it", "#", "el", "de", "la"):
        back -= 1
    if back < 0 or pieces[back].low not in _REFUSED or pieces[at].gap.value:
        return False
    return pieces[back].low != "no" or back > 0


def _affirmed(text: str, known: AddressText, reader: AddressReader) -> AddressText | None:
    """Return the address in the part of the text that is not refused.

    `125 Smith st not 123 Smith st`: what stands after the refusing word is only looked at when
    nothing stands before it.
    """
    pieces = cut(text)
    for at, piece in enumerate(pieces):
        refusing = piece.low in ("not", "isn't", "isnt", "than") or (
            piece.low in ("no", "instead") and at > 0 and not piece.gap.value
        )
        if refusing and at > 0:
            before = reader.read(text[: piece.start])
            if before:
                return before
    found = reader.read(text)
    return found or _bare_street(pieces, known, text)


def _bare_street(pieces: list[Piece], known: AddressText, text: str) -> AddressText | None:
    """Return a street named by one word (`change it to Bedford`) where a street was known."""
    rest = [piece for piece in pieces if piece.low not in words.FILLERS]
    capped = [piece for piece in rest if piece.cap]
    if len(rest) != 1 or rest[0].kind is not Kind.WORD or not known.street:
        return None
    if not capped and len(pieces) > 1 and pieces[-2].low not in ("to", "a", "is", "its", "it's"):
        return None
    word = text[rest[0].start : rest[0].end]
    return AddressText(text=word, street=word) if len(word) > _LETTER + 1 else None


def _moved(known: AddressText, found: AddressText) -> AddressText:
    """Return the known address in another borough or postal code."""
    if found.zip:
        return replace(known, zip=found.zip, borough=found.borough or known.borough)
    return replace(known, borough=found.borough or known.borough, zip=None)


def _may_keep(found: AddressText, known: AddressText, index: NameIndex) -> bool:
    """Return whether the known borough may hold for the new street too."""
    if not known.borough or not found.street:
        return False
    name = " ".join(key_of(word) for word in found.street.split())
    boroughs = index.streets.get(name) or index.cores.get(name)
    return boroughs is None or known.borough in boroughs


def _changed(known: AddressText, new: AddressText) -> AddressText | None:
    """Return the new address with a text that names all its parts, or None if it is the same."""
    if replace(new, text="") == replace(known, text=""):
        return None
    return replace(new, text=_compose(new))


def _compose(address: AddressText) -> str:
    """Return one line that says what the parts say."""
    street = address.street or ""
    line = f"{address.house} {street}" if address.house else street
    if len(address.cross_streets) == 1:
        line = f"{line} and {address.cross_streets[0]}" if line else address.cross_streets[0]
    elif address.cross_streets:
        line = f"{line} between {' and '.join(address.cross_streets)}".strip()
    area = " ".join(part for part in (address.borough, address.zip) if part)
    place = address.place if not address.house else None
    return ", ".join(part for part in (line.strip(), place, area) if part) or address.text
