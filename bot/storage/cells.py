"""Finding reports of the same thing close by, without keeping where anything is in the clear.

A report's square of about 60 m, its city and type are kept as one keyed hash. A look asks for
the nine squares around a spot; the distance is computed of what was opened.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.storage.crypto import SealError, Vault
from bot.storage.tables import service_requests

LATITUDE_STEP, LONGITUDE_STEP = 0.0005, 0.0008
"""Sides of a square in degrees: about 56 m by 67 m at New York."""

METRES_PER_DEGREE = 111_320
VAGUE = ("area", "described")
"""Kinds of places that are no spot on the map."""

_c = service_requests.c
_IN_CELLS = (
    select(service_requests)
    .where(
        _c.cell_hash.in_(bindparam("cells", expanding=True)),
        _c.created_at >= bindparam("since"),
        _c.filing.in_(("filing", "filed", "tracked")),
        _c.status.not_in(("Closed", "Cancelled")),
    )
    .order_by(_c.created_at.desc(), _c.id.desc())
    .limit(bindparam("most"))
)
_MOST = 50


def spot_of(place: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """Return latitude and longitude of a place that is one spot on the map, or None."""
    found = place or {}
    latitude, longitude = found.get("latitude"), found.get("longitude")
    if found.get("kind") in VAGUE or latitude is None or longitude is None:
        return None
    return float(latitude), float(longitude)


def cell_hash(
    vault: Vault, city: str, type_key: str, place: Mapping[str, Any] | None
) -> str | None:
    """Return the keyed hash of a report's square, or None without a spot."""
    spot = spot_of(place)
    return None if spot is None else vault.index("cell", _name(city, type_key, *_square(spot)))


def rows_near(
    connection: Connection,
    vault: Vault,
    city: str,
    type_key: str,
    spot: tuple[float, float],
    *,
    within_m: float,
    since: int,
) -> list[tuple[Any, float]]:
    """Return rows of open reports of one type near a spot with their distance, nearest first.

    Args:
        connection: of the transaction.
        vault: opens reports.
        city: slug.
        type_key: of the request type.
        spot: latitude and longitude.
        within_m: farthest distance in metres; the nine squares cover 50 m.
        since: milliseconds; older reports are left out.
    """
    y, x = _square(spot)
    names = [_name(city, type_key, y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    cells = [cell for name in names for cell in vault.indexes("cell", name)]
    query = {"cells": cells, "since": since, "most": _MOST}
    found = []
    for row in connection.execute(_IN_CELLS, query):
        with contextlib.suppress(SealError):
            report = vault.open("service_requests.report", row.id, row.report_box)
            other = spot_of(report.get("place"))
            if other is not None and (distance := metres(spot, other)) <= within_m:
                found.append((row, distance))
    return sorted(found, key=lambda pair: pair[1])


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two spots that are close together, in metres."""
    north = (one[0] - other[0]) * METRES_PER_DEGREE
    east = (one[1] - other[1]) * METRES_PER_DEGREE * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


def _square(spot: tuple[float, float]) -> tuple[int, int]:
    return math.floor(spot[0] / LATITUDE_STEP), math.floor(spot[1] / LONGITUDE_STEP)


def _name(city: str, type_key: str, y: int, x: int) -> str:
    return f"{city}|{type_key}|{y}:{x}"
