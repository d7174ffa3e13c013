"""The home tab, drawn when somebody opens it."""

from __future__ import annotations

from bot.channels.slack.home import HomeView, draw_home
from bot.slack.room import Room
from bot.storage.staff_inbox import Taken


class Homes:
    """Draws homes."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def show(self, taken: Taken) -> None:
        """Draw the home of whoever opened it. Raises `AdapterError`."""
        room, event = self._room, taken.event
        slack = room.workspaces.of(event["team"])
        if slack is None:
            return
        handle = await room.people.know(event["team"], event["user"])
        if await room.board.who(handle) is None:
            await slack.publish_home(event["user"], draw_home(HomeView(known=False)))
            return
        waiting = await room.board.waiting(handle)
        home = HomeView(
            mine=await room.board.mine(handle),
            waiting=waiting,
            overdue=[card for card in waiting if card.overdue],
            breakers=await room.breakers(),
        )
        await slack.publish_home(event["user"], draw_home(home))
