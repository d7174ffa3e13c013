"""The street map the geocoding twins answer from: known addresses, corners and places of a city.

Only twins need it, so it is not part of a pack's start-up reading. It is not a map of every
house: a number between two known ones is put between them on a straight line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from integrations.cities.files import read_table
from integrations.cities.pack import CityPack, load_pack
from integrations.streets import canonical_street

NEAR_DEG = 0.008  # about 800 m: streets with known points this near are taken to meet
WIDEST_BUILDING = 60
"""How far apart the two ends of one building's range of numbers may be."""
HYPHENS = "4"  # the borough whose house numbers have hyphens: Queens
_NUMBERED = re.compile(r"\b\d+\b")
_NOT_NAME = re.compile(r"[^A-Z0-9 ]+")
_HOUSE = re.compile(r"^(\d{1,6})(?:-(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Spot:
    """A point the map knows or works out. `code` is the borough's; `exact` means a known row."""

    code: str
    street: str
    house: str
    zip: str
    latitude: float
    longitude: float
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named place; `address` is the one under it, or empty."""

    name: str
    code: str
    latitude: float
    longitude: float
    address: str


def house_key(house: str, code: str = HYPHENS) -> int | None:
    """Return a house number as one comparable number, or None when it is none.

    In Queens `42-35` and `4235` are the same house; elsewhere `42-44` is one building from 42 on.
    """
    match = _HOUSE.match(house.strip())
    if not match:
        return None
    left, right = int(match.group(1)), match.group(2)
    if right is not None and code != HYPHENS and not left < int(right) <= left + WIDEST_BUILDING:
        return None  # `36-23` is no range of numbers, and only Queens writes single ones like that
    if right is None or code != HYPHENS or len(right) != 2:
        return left
    return left * 100 + int(right)


def name_key(name: str) -> str:
    """Return the comparable form of a place's name."""
    words = _NOT_NAME.sub("", name.upper().replace("-", " ")).split()
    return " ".join(word for word in words if word != "THE")


class StreetMap:
    """Addresses, corners and places of one city, by borough code."""

    def __init__(self, pack: CityPack) -> None:
        self.names = {borough.code: borough.name for borough in pack.city.boroughs}
        self.codes = {name.upper(): code for code, name in self.names.items()}
        self.streets: dict[str, set[str]] = {code: set() for code in self.names}
        for street, boroughs in pack.city.gazetteer.streets.items():
            for borough in boroughs:
                self.streets[self.codes[borough.upper()]].add(street)
        self._houses: dict[tuple[str, str], list[tuple[int, Spot]]] = defaultdict(list)
        self._points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        self._corners: dict[tuple[str, str, str], tuple[float, float]] = {}
        self._landmarks: dict[str, list[Landmark]] = defaultdict(list)
        self._read_addresses(pack)
        self._read_corners(pack)
        self._read_landmarks(pack)
        self._choices = {code: sorted(names) for code, names in self.streets.items()}

    def _read_addresses(self, pack: CityPack) -> None:
        columns = ("borough", "street", "house", "zip", "latitude", "longitude")
        for code, street, house, postal, lat, lon in read_table(
            pack.folder, "addresses.tsv.gz", columns
        ):
            key = house_key(house, code)
            if key is None:
                continue
            spot = Spot(code, street, house, postal, float(lat), float(lon))
            self._houses[code, street].append((key, spot))
            self._points[code, street].append((spot.latitude, spot.longitude))
        for rows in self._houses.values():
            rows.sort(key=lambda row: row[0])

    def _read_corners(self, pack: CityPack) -> None:
        columns = ("borough", "street", "cross", "latitude", "longitude")
        for code, one, two, lat, lon in read_table(pack.folder, "crossings.tsv.gz", columns):
            at = (float(lat), float(lon))
            self._corners[code, one, two] = at
            self._points[code, one].append(at)
            self._points[code, two].append(at)

    def _read_landmarks(self, pack: CityPack) -> None:
        columns = ("name", "borough", "latitude", "longitude")
        rows = [[*row, ""] for row in read_table(pack.folder, "places.tsv", columns)]
        own = read_table(pack.folder, "landmarks.tsv", (*columns, "address"))
        # Landmarks written by hand come first: they know the address under the place.
        for name, borough, lat, lon, address in [*own, *rows]:
            code = self.codes[borough.upper()]
            known = self._landmarks[name_key(name)]
            if all(other.code != code for other in known):
                known.append(Landmark(name, code, float(lat), float(lon), address))

    def street(self, code: str, typed: str) -> str | None:
        """Return the street's comparable name if the borough has it; a unique beginning counts."""
        name = canonical_street(typed)
        names = self.streets.get(code, set())
        if name in names:
            return name
        begun = self._begun(code, name)
        if not begun or (len(begun) > 1 and begun[0][0] < 5 * begun[1][0]):
            return None
        return begun[0][1]

    def _begun(self, code: str, name: str) -> list[tuple[int, str]]:
        """Return the streets that begin with `name`, the one with the most known points first."""
        if not name:
            return []
        found = [other for other in self._choices.get(code, ()) if other.startswith(f"{name} ")]
        return sorted(
            ((len(self._points.get((code, one), ())), one) for one in found), reverse=True
        )

    def similar(self, code: str, typed: str, limit: int = 10) -> list[str]:
        """Return up to `limit` street names of the borough that look like `typed`, best first.

        Those that only lack a direction (`42 STREET`) or their end come before misspellings.
        """
        name = canonical_street(typed)
        if not name:
            return []
        # `STREET` and the like are in every name and must not make two names similar.
        core = name.rpartition(" ")[0] or name
        found = process.extract(
            name,
            self._choices.get(code, ()),
            scorer=Levenshtein.distance,
            score_cutoff=min(8, max(1, len(core) // 2)),
            limit=limit,
        )
        begun = [other for _, other in self._begun(code, name)]
        directed = [f"{word} {name}" for word in ("WEST", "EAST", "NORTH", "SOUTH")]
        names = [one for one in directed if one in self.streets[code]] + begun
        return list(dict.fromkeys([*names, *(str(choice) for choice, _, _ in found)]))[:limit]

    def address(self, code: str, street: str, house: str) -> Spot | None:
        """Return where a house number lies on a known street; None when it is out of range.

        Args:
            code: borough code.
            street: comparable name, as `street` returns it.
            house: number as typed; hyphens may be there or not.
        """
        key = house_key(house, code)
        rows = self._houses.get((code, street), [])
        if key is None or key <= 0 or not self._plausible(key, rows):
            return None
        if not rows:
            return self._anywhere(code, street, house)
        after = next((at for at, row in enumerate(rows) if row[0] >= key), len(rows))
        if after < len(rows) and rows[after][0] == key:
            return rows[after][1]
        if after in (0, len(rows)):
            return replace(rows[min(after, len(rows) - 1)][1], house=house, exact=False)
        (low, left), (high, right) = rows[after - 1], rows[after]
        share = (key - low) / (high - low)
        return replace(
            left if share < 0.5 else right,
            house=house,
            latitude=left.latitude + (right.latitude - left.latitude) * share,
            longitude=left.longitude + (right.longitude - left.longitude) * share,
            exact=False,
        )

    @staticmethod
    def _plausible(key: int, rows: list[tuple[int, Spot]]) -> bool:
        """Return whether a number may stand on a street whose known numbers are `rows`."""
        if not rows:
            return key <= 3000
        lowest, highest = rows[0][0], rows[-1][0]
        low = 1 if lowest <= 800 else lowest - 400
        return low <= key <= max(highest * 2, highest + 500)

    def _anywhere(self, code: str, street: str, house: str) -> Spot | None:
        """Return a point for a street of which only corners are known, or its borough's middle."""
        points = self._points.get((code, street))
        if not points:
            rows = self._houses.get((code, "BROADWAY")) or next(iter(self._houses.values()))
            spot = rows[len(rows) // 2][1]
            return replace(spot, code=code, street=street, house=house, exact=False)
        lat, lon = points[len(points) // 2]
        return Spot(code, street, house, self.zip_near(code, lat, lon), lat, lon, exact=False)

    def known_addresses(self) -> Iterator[Spot]:
        """Yield every address of the file."""
        for rows in self._houses.values():
            for _, spot in rows:
                yield spot

    def zip_near(self, code: str, latitude: float, longitude: float) -> str:
        """Return the postal code of the known address of the borough nearest to a point."""
        return _nearest_zip(self._spots_by_code()[code], latitude, longitude)

    def _spots_by_code(self) -> dict[str, list[Spot]]:
        if not hasattr(self, "_spots"):
            self._spots: dict[str, list[Spot]] = {code: [] for code in self.names}
            for (code, _), rows in self._houses.items():
                self._spots[code].extend(spot for _, spot in rows[::4] if spot.zip)
        return self._spots

    def corner(self, code: str, one: str, two: str) -> tuple[float, float] | None:
        """Return where two known streets of a borough meet, or None when they do not."""
        first, second = sorted((one, two))
        if first == second:
            return None
        known = self._corners.get((code, first, second))
        if known or _parallel(first, second):
            return known
        return _meeting(self._points.get((code, first), []), self._points.get((code, second), []))

    def landmark(self, name: str, code: str) -> Landmark | None:
        """Return the place of that name in a borough, or None."""
        rows = self._landmarks.get(name_key(name), [])
        return next((row for row in rows if row.code == code), None)


def _nearest_zip(spots: list[Spot], latitude: float, longitude: float) -> str:
    if not spots:
        return ""
    best = min(
        spots, key=lambda spot: (spot.latitude - latitude) ** 2 + (spot.longitude - longitude) ** 2
    )
    return best.zip


def _parallel(one: str, two: str) -> bool:
    """Return whether two names differ in their number only (`5 AVENUE`, `6 AVENUE`)."""
    return bool(_NUMBERED.search(one)) and _NUMBERED.sub("#", one) == _NUMBERED.sub("#", two)


def _meeting(
    one: list[tuple[float, float]], two: list[tuple[float, float]]
) -> tuple[float, float] | None:
    """Return the middle of the two nearest points of two streets, if they are near enough."""
    cells: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for lat, lon in one:
        cells[int(lat / NEAR_DEG), int(lon / NEAR_DEG)].append((lat, lon))
    best: tuple[float, tuple[float, float]] | None = None
    for lat, lon in two:
        row, column = int(lat / NEAR_DEG), int(lon / NEAR_DEG)
        for cell in ((row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for other in cells.get(cell, ()):
                apart = ((lat - other[0]) ** 2 + (lon - other[1]) ** 2) ** 0.5
                if apart <= NEAR_DEG and (best is None or apart < best[0]):
                    best = (apart, ((lat + other[0]) / 2, (lon + other[1]) / 2))
    return best[1] if best else None


@cache
def street_map(slug: str) -> StreetMap:
    """Return the street map of a city, read once per process (about 0.15 s)."""
    return StreetMap(load_pack(slug))
