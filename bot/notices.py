"""Notices: news of a request for everybody who wants them, where they want them, at a decent hour.

A direct answer goes back where the message came from; a notice goes to the handle its person chose
last. What falls into the quiet hours waits until the morning, unthought: if more has happened by
then, it is told together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.quiet import loud_from
from bot.storage import followers, inbox, persons, service_requests
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.metadata import from_ms, to_ms
from bot.storage.service_requests import Report
from conversations.vocabulary.city import City


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news: what happened, in the words of an event; `key` is unique to it."""

    kind: str
    data: Mapping[str, Any]
    key: str


def notify(
    connection: Connection, vault: Vault, city: City, report: Report, news: News, now: int
) -> list[str]:
    """Queue news as `Happened` for everybody who wants news of a request, once.

    A follower's event says `own` False: the report is somebody else's.

    Returns:
        The conversations to wake; none while the quiet hours last.
    """
    due_at = to_ms(loud_from(city, from_ms(now)))
    told, made_at = _whom(connection, report), from_ms(report.created_at).isoformat()
    events = [
        inbox.NewEvent(
            conversation_id=conversation,
            kind="happened",
            dedupe=f"happened:{news.kind}:{news.key}:{conversation}",
            event={"kind": news.kind, "data": {**news.data, "own": own, "made_at": made_at}},
            trace_id=report.id,
            due_at=due_at if due_at > now else None,
        )
        for conversation, own in told.items()
    ]
    inbox.add(connection, vault, events, now)
    return [] if due_at > now else sorted(told)


def _whom(connection: Connection, report: Report) -> dict[str, bool]:
    """Return each conversation to tell, with whether the report is its resident's own."""
    told: dict[str, bool] = {}
    for follower in followers.of_request(connection, report.id):
        chosen = persons.preferred_conversation(connection, follower.resident_id, report.city)
        told[chosen or follower.conversation_id] = False
    if report.updates and service_requests.is_known(connection, report.id):
        chosen = persons.preferred_conversation(connection, report.resident_id, report.city)
        told[chosen or report.conversation_id] = True
    return told
