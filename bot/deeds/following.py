"""Deeds inside about following: whose news somebody gets, and what they add to a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.deeds.asked import Turn
from bot.storage import consents, followers, hand_overs, persons, service_requests, timeline
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob
from bot.storage.service_requests import Report
from bot.storage.timeline import Kind

LONGEST_NOTE = 2000


def follow(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Let this resident have the news of a request: somebody else's, or again of their own.

    `args`: `request_id`.
    """
    report, own = _find(connection, turn, args)
    if report is None:
        return []
    if own:
        service_requests.set_updates(connection, report.id, wanted=True)
    else:
        followers.follow(connection, report.id, turn.resident_id, turn.conversation_id, turn.now)
    return []


def mute(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """End the news of one request, on record: its own resident's, or a follower's following.

    `args`: `request_id`.
    """
    report, own = _find(connection, turn, args)
    if report is None:
        return []
    if own:
        service_requests.set_updates(connection, report.id, wanted=False)
    handles = sorted(persons.handles_of(connection, turn.resident_id))
    followers.unfollow(connection, report.id, handles, turn.now)
    consents.record(
        connection,
        turn.vault,
        resident_id=turn.resident_id,
        channel=turn.channel,
        topic="updates",
        state="out",
        method="page",
        evidence={"request_id": report.id, "turn": turn.key},
        actor="resident",
        now=turn.now,
    )
    return []


def note(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Keep words and photos with a request that this resident made or follows; staff see them.

    `args`: `request_id`, and `text`, `photos` (ids) where there are any.
    """
    report, own = _find(connection, turn, args)
    if report is None or not (own or _follows(connection, turn, report)):
        return []
    text = str(args.get("text") or "").strip()[:LONGEST_NOTE]
    photos = [str(item) for item in args.get("photos") or ()]
    if text:
        said = {"text": text, "by": "resident"}
        timeline.add(connection, turn.vault, report.id, Kind.NOTE, turn.now, said)
    for photo in photos:
        what = {"photo_id": photo}
        timeline.add(connection, turn.vault, report.id, Kind.PHOTO, turn.now, what)
    if text or photos:
        hand_overs.add(
            connection,
            turn.vault,
            conversation_id=turn.conversation_id,
            city=turn.city,
            reason="note",
            summary=text or f"{len(photos)} photos",
            now=turn.now,
            request_id=report.id,
        )
    return []


def _find(
    connection: Connection, turn: Turn, args: Mapping[str, Any]
) -> tuple[Report | None, bool]:
    """Return the request a deed names, and whether it is theirs who hold its handle now."""
    report = service_requests.read(connection, turn.vault, str(args.get("request_id") or ""))
    if report is None or report.city != turn.city:
        return None, False
    own = report.resident_id in persons.handles_of(connection, turn.resident_id)
    return report, own and service_requests.is_known(connection, report.id)


def _follows(connection: Connection, turn: Turn, report: Report) -> bool:
    ids = persons.handles_of(connection, turn.resident_id)
    return any(item.resident_id in ids for item in followers.of_request(connection, report.id))
