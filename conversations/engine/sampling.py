"""A small city and a reader with prepared readings, for exploring flows and drawing them.

Nothing here is used in a conversation with a resident.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from conversations.engine.given import Given
from conversations.reading.result import Reading, TypeGuess
from conversations.vocabulary.city import Borough, City
from conversations.vocabulary.requests import RequestType

NOW = datetime(2025, 4, 23, 15, 0, tzinfo=UTC)


class PreparedReader:
    """Reads only texts it was given the reading of; any other text says nothing."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        """Take text to reading."""
        self._readings = dict(readings)

    def read(self, text: str, language: str | None = None) -> Reading:
        """Return the prepared reading of a text, or one that found nothing."""
        return self._readings.get(text) or Reading(text, language=language or "en")

    def read_types(self, text: str, language: str) -> tuple[TypeGuess, ...]:
        """Return the request types of the prepared reading."""
        return self.read(text, language).request_types


def _type(key: str, complaint: str, descriptor: str, agency: str, *asks: str) -> RequestType:
    title = key.replace("_", " ")
    return RequestType(key, complaint, descriptor, agency, {"en": title, "es": title}, asks)


def sample_city() -> City:
    """Return a city with the request types that the flows' samples speak of."""
    types = (
        _type("pothole", "Street Condition", "Pothole", "DOT"),
        _type("street_light", "Street Light Condition", "Street Light Out", "DOT"),
        _type("no_heat", "HEAT/HOT WATER", "APARTMENT ONLY", "HPD", "apartment", "ongoing"),
        _type("loud_music", "Noise - Residential", "Loud Music/Party", "NYPD", "ongoing"),
    )
    return City(
        slug="sample",
        name="Sample City",
        short_name="Sample City",
        timezone="America/New_York",
        country="US",
        languages=("en", "es"),
        phone="311",
        website="portal.311.nyc.gov",
        phone_hours={"en": "Monday to Friday, 9 to 5", "es": "lunes a viernes, 9 a 5"},
        boroughs=(Borough("Brooklyn", "3"), Borough("Queens", "4")),
        bounds=(40.4, -74.3, 41.0, -73.6),
        request_types={item.key: item for item in types},
        concepts={item.key: item.key for item in types} | {"heat": "no_heat"},
        tracking_patterns=(r"NYC311-\d{4}-\d{4}-\d{4}",),
        sms_numbers=(),
    )


def sample_given(readings: Mapping[str, Reading]) -> Given:
    """Return surroundings for a walk: the sample city at a fixed time."""
    return Given(sample_city(), PreparedReader(readings), NOW)
