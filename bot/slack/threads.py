"""The lines of a card's thread: the story of the report, what resident and staff wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.channels.slack.answers import say
from bot.desk.masking import hide_contacts
from bot.storage import case_messages, staff, timeline
from bot.storage.cases import Case
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.staff import Staff
from bot.storage.timeline import Kind
from bot.story import tell_story
from conversations.vocabulary.city import City
from conversations.wording.catalogue import Catalogue
from integrations.slack.adapter import Message

NOT_TOLD = frozenset((Kind.RECEIVED, Kind.TOLD, Kind.ASKED, Kind.RESOLVED))
"""What the card shows, or a line of the case says better."""


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A line to be posted: the name of its post, since when, and what it says."""

    name: str
    at: int
    message: Message


def lines_of(
    connection: Connection,
    vault: Vault,
    catalogue: Catalogue,
    city: City,
    case: Case,
    now: datetime,
) -> list[ThreadLine]:
    """Return the lines that belong into the thread of a case, oldest first.

    What staff wrote in the thread itself stands there already, and is left out.
    """
    lines = _story(connection, vault, catalogue, city, case, now)
    written = case_messages.of_case(connection, vault, case.id)
    names = staff.read(connection, vault, {line.author for line in written if line.author})
    for line in written:
        if "/" not in (line.channel_ref or ""):
            text = _said(line.direction, line.text, names.get(line.author or ""))
            lines.append(ThreadLine(f"line:{line.id}", line.at, say(text)))
    return sorted(lines, key=lambda line: line.at)


def _story(
    connection: Connection,
    vault: Vault,
    catalogue: Catalogue,
    city: City,
    case: Case,
    now: datetime,
) -> list[ThreadLine]:
    if case.request_id is None:
        return []
    lines = []
    for entry in timeline.read(connection, vault, case.request_id):
        if entry.kind in NOT_TOLD:
            continue
        told = tell_story(catalogue, "en", city, [entry], now)
        text = " ".join(hide_contacts(chapter.sentence) for chapter in told)
        if text:
            lines.append(ThreadLine(f"line:{entry.id}", entry.at, say(text)))
    return lines


def _said(direction: str, text: str, author: Staff | None) -> str:
    words = hide_contacts(text)
    if direction == case_messages.IN or author is None:
        return f"Resident: {words}"
    if direction == case_messages.NOTE:
        return f"{author.name} (note): {words}"
    return f"{author.name} to the resident: {words}"
