"""Deeds inside about who somebody is: handles linked and parted, and where news are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.deeds.asked import Turn
from bot.storage import partings
from bot.storage.engine import Connection
from bot.storage.metadata import to_ms
from bot.storage.outbox import NewJob


def unlink(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Part the handle from all that came before `since` (ISO 8601): its holder is somebody else."""
    since = min(to_ms(datetime.fromisoformat(str(args["since"]))), turn.now)
    partings.part(connection, turn.resident_id, since, turn.now, but=turn.conversation_id)
    return []
