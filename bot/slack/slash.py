"""Slash commands: read, done by `commands/`, answered to the one who asked."""

from __future__ import annotations

from bot.channels.slack.answers import say
from bot.slack.commands import COMMANDS
from bot.slack.commands.asking import Ask
from bot.slack.letters import Letters
from bot.slack.room import Room
from bot.storage.staff_inbox import Taken
from integrations.slack.adapter import Message

NOT_STAFF = "You are not registered as staff here."


class Commands:
    """Does slash commands."""

    def __init__(self, room: Room, letters: Letters) -> None:
        self._room = room
        self._letters = letters

    async def handle(self, taken: Taken) -> None:
        """Do a command. Raises `AdapterError` when only the answer failed."""
        event = taken.event
        slack = self._room.workspaces.of(event["team"])
        if slack is None:
            return
        handle = await self._room.people.know(event["team"], event["user"])
        who = await self._room.board.who(handle)
        if who is None:
            message = say(NOT_STAFF)
        else:
            name, *words = str(event.get("text") or "").split() or ["help"]
            ask = Ask(self._room, self._letters, handle, who, tuple(words[:20]))
            message = await self._run(name.lower(), ask)
        await slack.respond(str(event.get("response_url")), message)

    @staticmethod
    async def _run(name: str, ask: Ask) -> Message:
        module = COMMANDS.get(name)
        if module is None:
            return say("There is no such command. Try: /cityhelper help")
        answer: Message = await module.run(ask)
        return answer
