"""What adapters of all cities' 311 share: a field map, status words, and distrust.

A city's adapter inherits `Base311Adapter` and overrides `field_map` (guide section 5). Which
words mean which status comes from the city's pack, not from code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from integrations.cities.words import StatusWords
from integrations.kit.dto import ServiceRequestDTO

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_SAFE_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,39}")


class Base311Adapter:
    """Reads service requests of one city by its field map.

    Attributes:
        field_map: field of `ServiceRequestDTO` to the city's field, for `external_id`,
            `external_status`, `agency`, `updated_at`, `resolution`.
        can_lookup, has_idempotency_key, index_lag_s: see `Requests311`; the careful defaults.
    """

    provider: str = ""
    field_map: ClassVar[Mapping[str, str]] = {
        "external_id": "external_id",
        "external_status": "status",
    }
    can_lookup: bool = False
    has_idempotency_key: bool = False
    index_lag_s: float = math.inf

    def __init__(self, words: StatusWords, timezone: str, patterns: tuple[str, ...]) -> None:
        """`timezone`: of times that come without a zone. `patterns`: of the city's numbers."""
        self._words = words
        self._zone = ZoneInfo(timezone)
        self._patterns = tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)

    def is_number(self, number: str) -> bool:
        """Return whether a text is one of the city's numbers, safe to put into a path."""
        safe = bool(_SAFE_NUMBER.fullmatch(number))
        return safe and any(pattern.search(number) for pattern in self._patterns)

    def read_request(
        self, fields: Any, field_map: Mapping[str, str] | None = None
    ) -> ServiceRequestDTO:
        """Return the request an answer describes.

        Args:
            fields: one JSON object of the city.
            field_map: another dialect's map, where a city has two.

        Raises:
            ValueError: no object, or without a well-formed number or a status.
        """
        names = field_map or self.field_map
        if not isinstance(fields, dict):
            raise ValueError("not an object")
        number = _clean(fields.get(names["external_id"]), 64)
        word = _clean(fields.get(names["external_status"]), 80)
        if not self.is_number(number):
            raise ValueError("no well-formed tracking number")
        if not word:
            raise ValueError("no status")
        return ServiceRequestDTO(
            external_id=number.upper(),
            external_status=word,
            status=self._words.read(word),
            agency=_clean(fields.get(names.get("agency", "")), 120) or None,
            updated_at=self.read_time(fields.get(names.get("updated_at", ""))),
            resolution=_clean(fields.get(names.get("resolution", "")), 4000) or None,
        )

    def read_time(self, value: Any) -> datetime | None:
        """Return an ISO time in UTC; one without zone is the city's local time; else None."""
        if not isinstance(value, str) or len(value) > 40:
            return None
        try:
            when = datetime.fromisoformat(value)
            return (when if when.tzinfo else when.replace(tzinfo=self._zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def _clean(value: Any, limit: int) -> str:
    """Return a string (or whole number) without control characters, cut to `limit`, or empty."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        value = str(value)
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub(" ", value[: limit * 2]).strip()[:limit]
