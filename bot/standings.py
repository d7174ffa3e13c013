"""How requests stand, for those who may know: their own, those they follow, and what is close by.

Details go only to the person who filed a request, at whichever of their handles. Who follows
somebody else's gets its block, its status and its public number; who is about to report the same
thing learns only that it is known, since when, and how many follow it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.deeds.telling import standing
from bot.following.blocks import block_of
from bot.storage import cells, conversations, followers, persons, service_requests
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.service_requests import Report
from conversations.wording.catalogue import Catalogue

LATEST = 5
NEAR_M = 50.0
"""Metres within which two reports of a type may be about the same thing."""

DAY_MS = 24 * 3_600_000
YOUNG_MS = 30 * DAY_MS
"""Age up to which a report is worth following instead of a new one, milliseconds."""

Standing = dict[str, Any]


def known_to(connection: Connection, vault: Vault, resident_id: str, city: str) -> list[Standing]:
    """Return how this person's latest requests stand, their own first, then those they follow."""
    ids = persons.handles_of(connection, resident_id)
    own = service_requests.latest(connection, vault, ids, city, LATEST)
    return [*map(standing, own), *_followed(connection, vault, ids, city)]


def by_number(
    connection: Connection, vault: Vault, resident_id: str, city: str, number: str
) -> Standing | None:
    """Return how the request with this number stands, when this person made or follows it."""
    ids = persons.handles_of(connection, resident_id)
    own = service_requests.find_own(connection, vault, ids, city, number)
    if own is not None:
        return standing(own)
    followed = _followed(connection, vault, ids, city)
    return next((item for item in followed if item["number"] == number), None)


def by_id(
    connection: Connection, vault: Vault, resident_id: str, request_id: str
) -> Standing | None:
    """Return how a request stands, when this person made or follows it."""
    report = service_requests.read(connection, vault, request_id)
    ids = persons.handles_of(connection, resident_id)
    if report is None or not service_requests.is_known(connection, request_id):
        return None
    if report.resident_id in ids:
        return standing(report)
    return _as_follower(connection, vault, report, ids)


def near(
    connection: Connection,
    vault: Vault,
    resident_id: str,
    city: str,
    args: Mapping[str, Any],
    now: int,
) -> list[Standing]:
    """Return the nearest open report of a type at a spot, as anybody may know it, or nothing.

    `args`: `type_key`, `latitude`, `longitude`. What is told: its id, status, age in whole days,
    how many follow it, and whether it is this person's own.
    """
    spot = (float(args["latitude"]), float(args["longitude"]))
    found = cells.rows_near(
        connection,
        vault,
        city,
        str(args["type_key"]),
        spot,
        within_m=NEAR_M,
        since=now - YOUNG_MS,
    )
    ids = persons.handles_of(connection, resident_id)
    return [
        {
            "request_id": row.id,
            "status": row.status,
            "age_days": max(now - row.created_at, 0) // DAY_MS,
            "followers": followers.count(connection, row.id),
            "own": row.resident_id in ids,
        }
        for row, _ in found[:1]
    ]


def _followed(
    connection: Connection, vault: Vault, ids: Collection[str], city: str
) -> list[Standing]:
    """Return how the requests of others that this person follows stand, the latest first."""
    found = []
    for row in followers.followed_by(connection, sorted(ids), city, LATEST):
        report = service_requests.read(connection, vault, row)
        if report is None or report.resident_id in ids:
            continue
        seen = _as_follower(connection, vault, report, ids)
        found += [seen] if seen else []
    return found


def _as_follower(
    connection: Connection, vault: Vault, report: Report, ids: Collection[str]
) -> Standing | None:
    """Return how somebody else's request stands for who follows it, or None for who does not.

    The block is told, in the language of the conversation in which they follow it.
    """
    rows = followers.of_request(connection, report.id)
    follower = next((item for item in rows if item.resident_id in ids), None)
    if follower is None:
        return None
    talk = conversations.read_talk(connection, vault, follower.conversation_id) or {}
    place = report.report.get("place") or {}
    label = block_of(Catalogue.load(), str(talk.get("language") or "en"), place)
    return {**standing(report), "own": False, "place_label": label}
