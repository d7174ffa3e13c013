"""Notices: news of a request for everybody who wants them, where they want them, at a decent hour.

A direct answer goes back where the message came from; a notice goes to the handle its person chose
last. What falls into the quiet hours waits until the morning, unthought: if more has happened by
then, it is told together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.following.blocks import block_of
from bot.quiet import loud_from
from bot.storage import conversations, followers, inbox, persons, service_requests
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.metadata import from_ms, to_ms
from bot.storage.service_requests import Report
from conversations.vocabulary.city import City
from conversations.wording.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news.

    Attributes:
        kind, data: what happened, in the words of an event.
        key: unique to it.
        promised: its own resident was told that it would come, so they get it whether or not they
            want news, and nobody else does.
    """

    kind: str
    data: Mapping[str, Any]
    key: str
    promised: bool = False


def notify(
    connection: Connection, vault: Vault, city: City, report: Report, news: News, now: int
) -> list[str]:
    """Queue news as `Happened` for everybody who wants news of a request, once.

    A follower's event says `own` False: the report is somebody else's.

    Returns:
        The conversations to wake; none while the quiet hours last.
    """
    due_at = to_ms(loud_from(city, from_ms(now)))
    told = _whom(connection, report, promised=news.promised)
    seen = _Seen(connection, vault, city, report)
    events = [
        inbox.NewEvent(
            conversation_id=conversation,
            kind="happened",
            dedupe=f"happened:{news.kind}:{news.key}:{conversation}",
            event={"kind": news.kind, "data": seen.data(news, conversation, own=own)},
            trace_id=report.id,
            due_at=due_at if due_at > now else None,
        )
        for conversation, own in told.items()
    ]
    inbox.add(connection, vault, events, now)
    return [] if due_at > now else sorted(told)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A report as those see it who are told of it."""

    connection: Connection
    vault: Vault
    city: City
    report: Report

    def data(self, news: News, conversation: str, *, own: bool) -> dict[str, Any]:
        """Return the data of an event; of somebody else's report the block is told, in words of
        the conversation's language, and not the house.
        """
        made_at = from_ms(self.report.created_at).isoformat()
        data = {**news.data, "own": own, "made_at": made_at}
        if not own:
            talk = conversations.read_talk(self.connection, self.vault, conversation) or {}
            language = str(talk.get("language") or self.city.languages[0])
            place = self.report.report.get("place") or {}
            data["place_label"] = block_of(Catalogue.load(), language, place)
        return data


def _whom(connection: Connection, report: Report, *, promised: bool) -> dict[str, bool]:
    """Return each conversation to tell, with whether the report is its resident's own."""
    told: dict[str, bool] = {}
    for follower in () if promised else followers.of_request(connection, report.id):
        chosen = persons.preferred_conversation(connection, follower.resident_id, report.city)
        told[chosen or follower.conversation_id] = False
    wanted = report.updates or promised
    if wanted and service_requests.is_known(connection, report.id):
        chosen = persons.preferred_conversation(connection, report.resident_id, report.city)
        told[chosen or report.conversation_id] = True
    return told
