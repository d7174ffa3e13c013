"""A place as anybody may see it: the block, never the house, never a resident's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conversations.vocabulary.places import PlaceKind
from conversations.wording.catalogue import ROOMY, Catalogue
from conversations.wording.cleaning import clean_value

_HOUSE = re.compile(
    r"""(?P<number>\d+)
    (?:\s?-\s?(?P<rest>\d+))?  # Queens: 36-23 is house 23 of the block that begins at 36th
    (?:\s?[A-Za-z]|\s\d/\d)?   # 123A, 55 D, 12 1/2
    (?:\s+(?:rear|front|garage|bldg|building)\b)?
    \s+(?=\S)""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBERED_STREET = re.compile(r"\d+(?:st|nd|rd|th)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
HYPHENATED = "Queens"
"""Where the part before a hyphen is the block; elsewhere a hyphen is a range of houses."""


def block_of(catalogue: Catalogue, language: str, place: Mapping[str, Any]) -> str:
    """Return a place at block level, empty when nothing of it may be shown.

    `123 Broadway, Brooklyn` is `100 block of Broadway, Brooklyn`; corners, blocks, parks and areas
    are as public as they stand. Of a place that the resident only described, or of an address
    whose house cannot be told apart, the borough is left.

    Args:
        catalogue: for the words.
        language: ISO 639-1 code.
        place: what `Place.to_json` wrote, or nothing.
    """
    label, borough = (clean_value(str(place.get(name) or "")) for name in ("label", "borough"))
    kind = place.get("kind")
    if kind == PlaceKind.DESCRIBED:
        return borough
    if kind not in (None, PlaceKind.ADDRESS):
        return label
    house = _HOUSE.match(label)
    if house is None:
        return borough if _DIGIT.search(_without_numbered_streets(label)) else label
    street = label[house.end() :]
    number = _block_number(house, borough or label)
    if not number:
        return catalogue.phrase(language, "page.first_block", {"place": street}, ROOMY)
    return catalogue.phrase(language, "page.block", {"block": number, "place": street}, ROOMY)


def _block_number(house: re.Match[str], borough: str) -> str:
    """Return the number a block goes by, empty for the first one of a street."""
    number, rest = house["number"], house["rest"]
    if rest and len(rest) <= 3 and HYPHENATED in borough:
        return f"{number}-00"
    hundred = int(number[:9]) // 100 * 100
    return str(hundred) if hundred else ""


def _without_numbered_streets(label: str) -> str:
    return _NUMBERED_STREET.sub("", label)
