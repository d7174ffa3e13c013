"""Spanish names of streets, said as geocoders know them: `calle 42`, `la quinta avenida`."""

from __future__ import annotations

from conversations.reading.where import words
from conversations.reading.where.names import key_of

_ENGLISH_TYPES = {"calle": "Street", "avenida": "Avenue", "bulevar": "Boulevard"}
_SIDES = {"oeste": "West", "este": "East", "norte": "North", "sur": "South"}
_SHORT_AVENUE = frozenset(["av", "av.", "ave", "ave.", "avda", "avda."])


def say_in_english(street: str) -> str:
    """Return a street with a Spanish type as geocoders know it, any other as it was typed.

    `calle 42` becomes `42 Street`, `la quinta avenida` `5 Avenue`, `avenida de las Américas`
    `Avenue of the Américas`.
    """
    parts = street.split()
    sides = [_SIDES[part.lower()] for part in parts if part.lower() in _SIDES]
    if sides and len(parts) > 1:
        sideless = " ".join(part for part in parts if part.lower() not in _SIDES)
        return f"{sides[0]} {say_in_english(sideless)}"
    first, last = parts[0].lower(), parts[-1].lower()
    if len(parts) == 1 and first in words.ORDINALS and first[-1] in "ao":
        return words.ORDINALS[first]
    if last in ("avenida", "calle") and len(parts) > 1:
        return f"{_english_number(parts[:-1])} {_ENGLISH_TYPES[last]}"
    if first in _SHORT_AVENUE and len(parts) > 1 and len(parts[1]) > 2 and parts[1].isalpha():
        named = key_of(parts[-1]) not in words.HARD_TYPES and key_of(parts[1]) != "st"
        return f"{' '.join(parts[1:])} Avenue" if named else street
    if first not in _ENGLISH_TYPES or len(parts) == 1:
        return street
    plural = parts[1].lower() == "de" and parts[2:3] and parts[2].lower() in ("las", "los")
    if plural:
        return f"{_ENGLISH_TYPES[first]} of the {' '.join(parts[3:])}"
    rest = [part for part in parts[1:] if part.lower() not in ("de", "la", "el", "del")]
    if first == "avenida" and len(rest) == 1 and len(rest[0]) == 1 and rest[0].isalpha():
        return f"Avenue {rest[0]}"
    if not rest or key_of(rest[-1]) in words.HARD_TYPES:
        return " ".join(rest) or street
    return f"{_english_number(rest)} {_ENGLISH_TYPES[first]}"


def _english_number(parts: list[str]) -> str:
    """Return `quinta` and `5ta` as `5`, other words as they are."""
    keys = [key_of(part) for part in parts]
    return " ".join(key if key.isdecimal() else part for key, part in zip(keys, parts, strict=True))
