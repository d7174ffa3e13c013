"""Modals that were sent: brought to the desk once, and answered to the one who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bot.channels.slack.actions import ACTIONS, Action
from bot.channels.slack.answers import answer, say
from bot.channels.slack.modals import CALLBACK
from bot.desk.actions.reveal import Contact
from bot.desk.outcome import Done, Outcome
from bot.slack.entries import EntryError, given_of
from bot.slack.room import Room
from bot.storage import case_messages
from bot.storage.staff_inbox import Taken
from integrations.slack.adapter import Message


class Submissions:
    """Does what was entered."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def handle(self, taken: Taken) -> None:
        """Do what a modal asks for. Raises `AdapterError` when only the answer failed."""
        event = taken.event
        meta = _metadata(event)
        action = ACTIONS.get(str(meta.get("action")))
        if event.get("callback") != CALLBACK or action is None:
            return
        where = {**event, "channel": meta.get("channel") or ""}
        words = await self._do(taken, action, meta)
        await self._room.redraw()
        if words is not None:
            await self._room.whisper(where, words, thread=str(meta.get("ts") or ""))

    async def _do(self, taken: Taken, action: Action, meta: Mapping[str, Any]) -> Message | None:
        """Do it and return what to tell."""
        event, case_id = taken.event, str(meta.get("case"))
        handle = await self._room.people.know(event["team"], event["user"])
        ref = f"slack:{taken.id}"
        if await written_already(self._room, case_id, ref):
            return None  # an earlier worker did it, and died before it could say so
        card = await self._room.board.card(handle, case_id)
        try:
            city = card.city if card else ""
            given = await given_of(self._room, action.name, event["values"], handle, city)
        except EntryError as error:
            return say(str(error))
        version = int(meta.get("version") or 0)
        outcome = await self._room.desk.press(
            action.desk, handle, case_id, version, {**given, "channel_ref": ref}
        )
        return _words(action, outcome)


def _words(action: Action, outcome: Outcome) -> Message | None:
    """Return what to tell; a contact is shown to the one who asked, and kept nowhere."""
    if isinstance(outcome, Done) and isinstance(outcome.value, Contact):
        contact = outcome.value
        kind, _, address = contact.handle.partition(":")
        named = f"Name: {contact.name}. " if contact.name else "No name was given. "
        how = {"tel": "Phone", "mailto": "Mail"}.get(kind, kind)
        return say(f"{named}{how}: {address}. Your look at it is on record.")
    return answer(action.name, outcome)


async def written_already(room: Room, case_id: str, ref: str) -> bool:
    """Return whether a case has a line that was written at this place."""
    lines = await room.storage.read(lambda c: case_messages.of_case(c, room.vault, case_id))
    return any(line.channel_ref == ref for line in lines)


def _metadata(event: Mapping[str, Any]) -> dict[str, Any]:
    try:
        value = orjson.loads(str(event.get("metadata") or "{}"))
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
