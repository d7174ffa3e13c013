"""The geocoding twins' reading of a single search line: what kind of question is it?

A simplified form of the grammar in the project's source (contract civic 2.2): an address, a
corner, a block between two streets, a BBL, a BIN or the name of a place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conversations.vocabulary.city import City
from integrations.streets import canonical_street

_ZIP = re.compile(r"\b(1[01]\d{3})(?:-\d{4})?$")
_TAIL = re.compile(r"[\s,]*\b(?:N\.?Y\.?C?|NEW YORK CITY|USA|UNITED STATES|NEW YORK STATE)\.?$")
_BETWEEN = re.compile(r"^(?:ON\s+)?(.+?)\s+(?:BETWEEN|BTWN|BET|B/T)\s+(.+?)\s+(?:AND|&)\s+(.+)$")
_CROSS = re.compile(r"^(.+?)\s*(?:\bAND\b|&|\bAT\b|@|/|\bCORNER OF\b)\s*(.+)$")
_HOUSE = re.compile(r"^(\d+(?:-\d+)?)(?:\s*(1/2|[A-Z](?=\s)|FRONT|REAR))?\s+(.+)$")
_TYPES_ONLY = {"STREET", "AVENUE", "ROAD", "PLACE", "BOULEVARD", "DRIVE", "COURT", "LANE"}


@dataclass(frozen=True, slots=True)
class Line:
    """A search line taken apart. `kind`: address, intersection, blockface, bbl, bin or place."""

    kind: str
    parts: tuple[str, ...]
    code: str | None = None
    zip: str | None = None


class LineReader:
    """Takes search lines apart with the names of one city."""

    def __init__(self, city: City) -> None:
        codes = {borough.name: borough.code for borough in city.boroughs}
        names = {alias.upper(): row.code for row in city.boroughs for alias in row.aliases}
        names |= {name.upper(): code for name, code in codes.items()}
        areas = {
            name.upper(): codes[borough] for name, borough in city.gazetteer.neighbourhoods.items()
        }
        self._codes = {**areas, **names, "NEW YORK": "1"}
        self._longest = max(len(name.split()) for name in self._codes)
        self._zips = {code: codes[borough] for code, borough in city.gazetteer.zips.items()}

    def read(self, text: str) -> Line:
        """Return what a search line asks for."""
        rest = re.sub(r"\s+", " ", text.upper()).strip(" ,.")
        rest, postal = self._cut_zip(rest)
        rest = _TAIL.sub("", rest).strip(" ,.") or rest
        rest, code = self._cut_borough(rest)
        if postal and code is None:
            code = self._zips.get(postal)
        kind, parts = self._kind(rest)
        return Line(kind, parts, code, postal)

    @staticmethod
    def _cut_zip(rest: str) -> tuple[str, str | None]:
        match = _ZIP.search(rest)
        # A line that is only digits is a BBL, a BIN or nothing.
        if not match or match.start() == 0:
            return rest, None
        return rest[: match.start()].strip(" ,."), match.group(1)

    def _cut_borough(self, rest: str) -> tuple[str, str | None]:
        words = rest.replace(",", " , ").split()
        for size in range(min(self._longest, len(words) - 1), 0, -1):
            tail = " ".join(words[-size:])
            # `ASTORIA BOULEVARD` must not lose its street; a whole line is a place's name.
            if tail in self._codes and words[-size - 1] not in ("AND", "&", "AT"):
                return " ".join(words[:-size]).replace(" ,", ",").strip(" ,."), self._codes[tail]
        return rest, None

    @staticmethod
    def _kind(rest: str) -> tuple[str, tuple[str, ...]]:
        if re.fullmatch(r"\d{10}", rest):
            return "bbl", (rest,)
        if re.fullmatch(r"[1-5]\d{6}", rest):
            return "bin", (rest,)
        if match := _BETWEEN.match(rest):
            return "blockface", match.groups()
        if match := _CROSS.match(re.sub(r"^CORNER OF\s+", "", rest)):
            return "intersection", match.groups()
        if match := _HOUSE.match(rest):
            house, suffix, street = match.groups()
            if suffix and (canonical_street(street) in _TYPES_ONLY or suffix in "NESW"):
                # `1010 D STREET`, `8 E BROADWAY`: the letter belongs to the street.
                suffix, street = None, f"{suffix} {street}"
            if canonical_street(street) not in _TYPES_ONLY:
                return "address", (house if not suffix else f"{house} {suffix}", street)
        return "place", (rest,)
