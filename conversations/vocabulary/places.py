"""Places and addresses: an `AddressText` is what was typed, a `Place` was found on the map."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class AddressText:
    """The words of a message that say where, taken apart as far as they allow.

    Attributes:
        text: the part of the message that names the place, as typed.
        house: house number (`123`, `36-23`, `55 D`), or None.
        street: street as typed, without number and borough, or None.
        cross_streets: the streets that cross it, as typed: one for a corner, two for a
            block between two streets, none otherwise.
        borough: official borough name of the city pack, or None when not said.
        zip: postal code, or None.
        place: name of a park, building, neighbourhood or other town, or None.
        elsewhere: True when the words name a town that is not this city.
    """

    text: str
    house: str | None = None
    street: str | None = None
    cross_streets: tuple[str, ...] = ()
    borough: str | None = None
    zip: str | None = None
    place: str | None = None
    elsewhere: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return a plain JSON object.

        A talk keeps what was looked up under a digest of this form, so it must stay the same over
        releases: a field that came later is written only when it says something.
        """
        plain = {**asdict(self), "cross_streets": list(self.cross_streets)}
        if not self.elsewhere:
            del plain["elsewhere"]
        return plain

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> AddressText:
        """Return the value that `to_json` wrote; unknown keys are ignored."""
        known = {key: value[key] for key in cls.__dataclass_fields__ if key in value}
        return cls(**{**known, "cross_streets": tuple(value.get("cross_streets") or ())})


class PlaceKind(StrEnum):
    """What sort of thing was found."""

    ADDRESS = "address"
    INTERSECTION = "intersection"
    BLOCK = "block"
    LANDMARK = "landmark"
    AREA = "area"
    DESCRIBED = "described"  # no address: the resident told us how to find it


@dataclass(frozen=True, slots=True)
class Place:
    """A geocoded location (or, for `DESCRIBED`, words that tell how to find it).

    Attributes:
        label: one line for people, for example `123 Broadway, Brooklyn`.
        kind: see `PlaceKind`.
        latitude, longitude: WGS 84 degrees, or None for a described place.
        house, street, borough, zip: parts where known; borough is the official name.
        source: the provider that found it (`geoclient`, `mapbox`, ..., `resident`).
        exact: False when the provider only guessed (interpolated, similar name).
    """

    label: str
    kind: PlaceKind
    latitude: float | None = None
    longitude: float | None = None
    house: str | None = None
    street: str | None = None
    borough: str | None = None
    zip: str | None = None
    source: str = ""
    exact: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return a plain JSON object with every field."""
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Place:
        """Return the value that `to_json` wrote; unknown keys are ignored."""
        known = {key: value[key] for key in cls.__dataclass_fields__ if key in value}
        return cls(**{**known, "kind": PlaceKind(known["kind"])})


class GeocodeStatus(StrEnum):
    """How a geocode ended. Everything but `ERROR` is an answer."""

    EXACT = "exact"  # one place
    AMBIGUOUS = "ambiguous"  # several places that fit equally (often: several boroughs)
    POSSIBLE = "possible"  # near misses: similar names or numbers, to be offered
    REJECTED = "rejected"  # nothing fits; `suggestions` may hold similar street names
    OUTSIDE = "outside"  # found, but outside the city
    ERROR = "error"  # no provider could answer
