"""Mapbox's features on the wire, v6 and v5, as one shape (contract civic 8), and its pictures."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from integrations.features import Feature, read_features
from integrations.kit.calls import Answer

PROVIDER = "mapbox"
PNG = b"\x89PNG\r\n\x1a\n"
MAX_SIDE = 2560  # 1280 at double density, by Mapbox's documentation
SURE_V5 = 0.9  # v5 has a relevance instead of words


@dataclass(frozen=True, slots=True)
class Hit:
    """One feature, both versions alike. Texts may be empty; `sure` is Mapbox's own word."""

    house: str
    street: str
    zip: str
    borough: str
    label: str
    latitude: float
    longitude: float
    sure: bool


@dataclass(frozen=True, slots=True)
class ForwardAnswer:
    """The hits of one answer."""

    hits: tuple[Hit, ...]

    @property
    def count(self) -> int:
        """Return how many hits could be read."""
        return len(self.hits)


def _hit_v6(feature: Feature) -> Hit:
    confidence = feature.text("match_code", "confidence", limit=12)
    # New York's boroughs are `locality`; elsewhere the place itself is what there is.
    borough = feature.text("context", "locality", "name", limit=40)
    return Hit(
        house=feature.text("context", "address", "address_number", limit=12),
        street=feature.text("context", "address", "street_name", limit=60)
        or feature.text("context", "street", "name", limit=60),
        zip=feature.text("context", "postcode", "name", limit=10),
        borough=borough or feature.text("context", "place", "name", limit=40),
        label=feature.text("name", limit=80),
        latitude=feature.latitude,
        longitude=feature.longitude,
        sure=confidence in ("exact", "high"),
    )


def _hit_v5(feature: Feature) -> Hit:
    context = feature.properties.get("context")
    named = {
        str(row.get("id", "")).partition(".")[0]: row.get("text")
        for row in (context if isinstance(context, list) else [])[:20]
        if isinstance(row, dict)
    }
    words = {name: text for name, text in named.items() if isinstance(text, str)}
    return Hit(
        house=feature.text("address", limit=12),
        street=feature.text("text", limit=60),
        zip=words.get("postcode", "")[:10],
        borough=words.get("locality", words.get("place", ""))[:40],
        label=feature.text("place_name", limit=80),
        latitude=feature.latitude,
        longitude=feature.longitude,
        sure=feature.number("relevance") >= SURE_V5,
    )


def parse_forward(answer: Answer) -> ForwardAnswer:
    """Return the hits of an answer; ValueError when it is none."""
    features = read_features(answer.json())
    hits = [
        _hit_v5(feature) if "place_name" in feature.properties else _hit_v6(feature)
        for feature in features
    ]
    return ForwardAnswer(tuple(hits))


@dataclass(frozen=True, slots=True)
class Picture:
    """A map as PNG, with its size in pixels."""

    data: bytes = field(repr=False)
    width: int
    height: int


def parse_picture(answer: Answer) -> Picture:
    """Return the picture; ValueError when the bytes are no whole PNG of a size that was asked for.

    The first bytes decide, not the declared type: what is given on to people is what it says.
    """
    data = answer.body
    if not data.startswith(PNG) or data[12:16] != b"IHDR" or b"IEND" not in data[-12:]:
        raise ValueError("no picture")
    width, height = struct.unpack(">II", data[16:24])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ValueError("no picture of a usual size")
    return Picture(data, width, height)


PARSERS: Mapping[str, Callable[[Answer], object]] = {
    "forward": parse_forward,
    "static": parse_picture,
}
