"""What everybody who brings something from Slack to the desk works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.desk.board import Board
from bot.desk.desk import Desk
from bot.slack.people import People
from bot.slack.workspaces import Workspaces
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from conversations.vocabulary.city import City
from integrations.slack.adapter import Message

FindPlace = Callable[[str, str], Awaitable[Mapping[str, Any] | None]]
"""From a city's slug and words to a place as JSON, or None when it is not one exact place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The shell's parts, and Slack's.

    Attributes:
        storage, vault, clock, cities, desk, board: the shell's.
        workspaces, people: who speaks, who is staff.
        find_place: looks words up on the map.
        breakers: tells how the providers do.
        quotas: provider to (calls left today, calls a day), of those that have a limit.
        redraw: draws what has changed, soon.
    """

    storage: Storage
    vault: Vault
    clock: Clock
    cities: Mapping[str, City]
    desk: Desk
    board: Board
    workspaces: Workspaces
    people: People
    find_place: FindPlace
    breakers: Callable[[], Awaitable[Mapping[str, str]]]
    quotas: Callable[[], Awaitable[Mapping[str, tuple[int, int]]]]
    redraw: Callable[[], Awaitable[None]]

    def local(self, city: str) -> datetime:
        """Return the present in a city's own time."""
        return self.clock.now().astimezone(ZoneInfo(self.cities[city].timezone))

    async def whisper(
        self, event: Mapping[str, Any], message: Message, *, thread: str = ""
    ) -> None:
        """Show something to the one who did it, where they did it. Raises `AdapterError`."""
        slack = self.workspaces.of(str(event["team"]))
        channel = str(event.get("channel") or "")
        if slack is None:
            return
        if not channel:
            channel = await slack.open_chat(str(event["user"]))
        await slack.whisper(channel, str(event["user"]), message, thread=thread)
