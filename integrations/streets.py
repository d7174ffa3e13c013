"""American street names: one comparable form, and a form people like to read.

The comparable form is the one New York's Geosupport prints: upper case, types and
directions written out, ordinals without their ending (`WEST 42 STREET`, `5 AVENUE`).
Nothing here knows a particular city's streets.
"""

from __future__ import annotations

import re

_TYPES = {
    "ST": "STREET", "STR": "STREET", "STREET": "STREET", "AV": "AVENUE", "AVE": "AVENUE",
    "AVEN": "AVENUE", "AVENUE": "AVENUE", "AVNUE": "AVENUE", "BLVD": "BOULEVARD",
    "BL": "BOULEVARD", "BOUL": "BOULEVARD", "BOULEVARD": "BOULEVARD", "RD": "ROAD",
    "ROAD": "ROAD", "DR": "DRIVE", "DRV": "DRIVE", "DRIVE": "DRIVE", "PL": "PLACE",
    "PLACE": "PLACE", "CT": "COURT", "CRT": "COURT", "COURT": "COURT", "LN": "LANE",
    "LANE": "LANE", "TER": "TERRACE", "TERR": "TERRACE", "TERRACE": "TERRACE",
    "PKWY": "PARKWAY", "PKY": "PARKWAY", "PWY": "PARKWAY", "PARKWAY": "PARKWAY",
    "HWY": "HIGHWAY", "HIGHWAY": "HIGHWAY", "EXPY": "EXPRESSWAY", "EXPWY": "EXPRESSWAY",
    "EXPRESSWAY": "EXPRESSWAY", "TPKE": "TURNPIKE", "TURNPIKE": "TURNPIKE", "SQ": "SQUARE",
    "SQUARE": "SQUARE", "CIR": "CIRCLE", "CIRCLE": "CIRCLE", "PLZ": "PLAZA", "PLAZA": "PLAZA",
    "CRES": "CRESCENT", "CRESCENT": "CRESCENT", "CONC": "CONCOURSE", "CONCOURSE": "CONCOURSE",
    "BRG": "BRIDGE", "BRIDGE": "BRIDGE", "ALY": "ALLEY", "ALLEY": "ALLEY", "WALK": "WALK",
    "WAY": "WAY", "LOOP": "LOOP", "ROW": "ROW", "SLIP": "SLIP", "PATH": "PATH", "MEWS": "MEWS",
    "OVAL": "OVAL", "PROM": "PROMENADE", "PROMENADE": "PROMENADE", "EXT": "EXTENSION",
    "HTS": "HEIGHTS", "GDNS": "GARDENS",
}  # fmt: skip
_DIRECTIONS = {
    "N": "NORTH", "S": "SOUTH", "E": "EAST", "W": "WEST", "NO": "NORTH", "SO": "SOUTH",
    "SW": "SOUTHWEST",
}  # fmt: skip
_FIRST = {"FT": "FORT", "MT": "MOUNT", "SAINT": "ST", "AVE": "AVENUE", "AV": "AVENUE"}
_ORDINALS = (
    "FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH", "TENTH",
    "ELEVENTH", "TWELFTH",
)  # fmt: skip
_ORDINAL_WORDS = {word: str(number) for number, word in enumerate(_ORDINALS, start=1)}
_ORDINAL = re.compile(r"^0*(\d+)(?:ST|ND|RD|TH)?$")
_NOT_WORD = re.compile(r"[^A-Z0-9'&/-]+")
_BROKEN_AVENUE = re.compile(r"\bAV ENUE\b")
_NUMBERED = {"STREET", "AVENUE", "ROAD", "DRIVE", "PLACE", "COURT", "LANE", "TERRACE"}
_CAPITALS = {"JFK", "FDR", "NYU", "BQE", "LIE", "LIRR", "II", "III"}
_SMALL = {"OF", "THE", "AND", "AT"}
MAX_CHARACTERS = 120


def canonical_street(text: str) -> str:
    """Return the comparable form of one street name; empty when nothing is left.

    Args:
        text: a street as typed or as an upstream wrote it, without house number and borough.
    """
    upper = _BROKEN_AVENUE.sub("AVENUE", text[:MAX_CHARACTERS].upper().replace("’", "'"))
    words = [word.strip("'-/&") for word in _NOT_WORD.sub(" ", upper).split()]
    words = [word.replace("'", "") for word in words if word]
    if not words:
        return ""
    out = [_write_out(word, at, words) for at, word in enumerate(words)]
    return " ".join(out)


def _write_out(word: str, at: int, words: list[str]) -> str:
    """Return one word of a street name written out, which depends on where it stands."""
    last = len(words) - 1
    ordinal = _ORDINAL.match(word)
    if ordinal:
        return ordinal.group(1)
    if word in _ORDINAL_WORDS and at < last and words[at + 1] in _TYPES:
        return _ORDINAL_WORDS[word]
    if at == 0 and last > 0:
        # `ST ANNS AVENUE` and `DR M L KING` begin with a title, not with a type.
        return _FIRST.get(word) or (_DIRECTIONS.get(word, word) if last > 0 else word)
    if at == last:
        return _TYPES.get(word) or (_DIRECTIONS.get(word, word) if _after_type(words) else word)
    if at == last - 1 and words[last] in {*_DIRECTIONS, "NORTH", "SOUTH", "EAST", "WEST"}:
        return _TYPES.get(word, word)
    return word


def _after_type(words: list[str]) -> bool:
    """Return whether the last word follows a street type or a park (`CENTRAL PARK W`)."""
    return len(words) > 2 and (words[-2] in _TYPES or words[-2] == "PARK")


def readable_street(text: str) -> str:
    """Return a street for people: `WEST  42 STREET` becomes `West 42nd Street`."""
    words = text[:MAX_CHARACTERS].split()
    return " ".join(
        _ordinal(word) if _is_numbered(words, at) else _readable_word(word, at)
        for at, word in enumerate(words)
    )


def _is_numbered(words: list[str], at: int) -> bool:
    """Return whether a word is the number of a numbered street, as the 5 in `5 AVENUE WEST`."""
    after = [word.upper() for word in words[at + 1 :]]
    if not (words[at].isascii() and words[at].isdecimal()) or not after:
        return False
    return after[0] in _NUMBERED and all(word in _DIRECTIONS.values() for word in after[1:])


def _ordinal(number: str) -> str:
    """Return a number as it is said in a street's name: 2nd, 11th, 42nd."""
    value = int(number)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{'th' if value % 100 in (11, 12, 13) else ending}"


def _readable_word(word: str, at: int) -> str:
    """Return one word with capitals where people write them."""
    if at and word.upper() in _SMALL:
        return word.lower()
    if any(char.isdigit() for char in word) or word.upper() in _CAPITALS:
        return word.lower() if _ORDINAL.match(word.upper()) else word.upper()
    if word.upper().startswith("MC") and len(word) > 3:
        return "Mc" + word[2:].capitalize()
    return "-".join(part.capitalize() for part in word.split("-"))


def same_street(one: str, other: str) -> bool:
    """Return whether two street names mean the same street, types and directions written out."""
    left, right = canonical_street(one), canonical_street(other)
    return bool(left) and (left == right or _without_type(left) == _without_type(right) != "")


def _without_type(canonical: str) -> str:
    """Return a canonical name without its type when a bare name was typed; else unchanged."""
    words = canonical.split()
    if len(words) > 1 and words[-1] in _TYPES.values() and not words[-2].isdigit():
        return " ".join(words[:-1])
    return canonical
