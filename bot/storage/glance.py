"""A conversation at a glance, for looking on in the embedded form: memory and lines, no lease."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.storage import conversations, residents, service_requests, transcript
from bot.storage.crypto import Vault
from bot.storage.service_requests import Report
from bot.storage.transcript import Line
from conversations.vocabulary.handles import Handle

REQUESTS = 5


@dataclass(frozen=True, slots=True)
class Glance:
    """What is remembered of a conversation. All of it is personal.

    Attributes:
        resident_id: whose.
        talk: the engine's memory as plain JSON.
        opted_out: True when the resident asked us to stop.
        requests: the resident's latest requests in this city, newest first.
        lines: what was said, oldest first; empty unless asked for.
    """

    resident_id: str
    talk: Any
    opted_out: bool
    requests: tuple[Report, ...] = ()
    lines: tuple[Line, ...] = ()


def glance(
    connection: Connection,
    vault: Vault,
    *,
    city: str,
    channel: str,
    handle: Handle,
    with_lines: bool = False,
) -> Glance | None:
    """Return a resident's conversation with a city, or None before its first turn."""
    resident = residents.find(connection, vault, handle)
    if resident is None:
        return None
    found = conversations.find(connection, city, channel, resident.id)
    if found is None:
        return None
    talk = conversations.read_talk(connection, vault, found)
    if talk is None:
        return None
    lines = transcript.read(connection, vault, found) if with_lines else []
    requests = service_requests.latest(connection, vault, [resident.id], city, REQUESTS)
    return Glance(resident.id, talk, resident.opted_out, tuple(requests), tuple(lines))
