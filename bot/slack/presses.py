"""Buttons and menus on cards: done at once, or their modal filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.slack import modals
from bot.channels.slack.actions import ACTIONS, PREFIX, Action
from bot.channels.slack.answers import answer
from bot.desk.cards import CardView
from bot.slack import letters
from bot.slack.entries import given_of
from bot.slack.letters import Letters
from bot.slack.room import Room
from bot.storage.staff_inbox import Taken
from conversations.vocabulary.handles import Handle

NO_CARD = "There is no such case for you. You may not be registered as staff of its city."


class Presses:
    """Does what was pressed."""

    def __init__(self, room: Room, letters: Letters) -> None:
        self._room = room
        self._letters = letters

    async def handle(self, taken: Taken) -> None:
        """Do a press. Raises `AdapterError` when only the answer failed."""
        event = taken.event
        if str(event.get("action")).startswith(letters.PREFIX):
            await self._letters.press(taken)
            return
        if not str(event.get("action")).startswith(PREFIX):
            return  # a link that opened in the browser, or something of an earlier release
        read = read_value(str(event.get("value")))
        if read is None:
            return
        action, case_id, version = read
        handle = await self._room.people.know(event["team"], event["user"])
        if event.get("modal"):
            await self._fill(event, action, handle, case_id)
            return
        if action.form is not None:
            return  # its modal never opened
        given = await given_of(self._room, action.name, {}, handle, "")
        outcome = await self._room.desk.press(action.desk, handle, case_id, version, given)
        await self._room.redraw()
        if (words := answer(action.name, outcome)) is not None:
            await self._room.whisper(event, words, thread=str(event.get("ts") or ""))

    async def _fill(
        self, event: Mapping[str, Any], action: Action, handle: Handle, case_id: str
    ) -> None:
        """Put the form into the modal that the door opened, or say why there is none."""
        slack = self._room.workspaces.of(event["team"])
        card = await self._room.board.card(handle, case_id)
        if slack is None:
            return
        if card is None:
            view = modals.closed(action.label, NO_CARD)
        elif not action.offered(card):
            view = modals.closed(action.label, "The case has changed. Look at its card again.")
        else:
            where = {"channel": str(event.get("channel")), "ts": str(event.get("ts"))}
            view = modals.form(action, card, where, self._types(action, card))
        await slack.update_view(event["modal"], view)

    def _types(self, action: Action, card: CardView) -> list[tuple[str, str]]:
        """Return the request types of a case's city, for a change of type."""
        if action.name != "change":
            return []
        kinds = self._room.cities[card.city].request_types.values()
        titles = [(kind.title("en")[:1].upper() + kind.title("en")[1:], kind.key) for kind in kinds]
        chosen = [pair for pair in titles if pair[1] == card.type_key]
        rest = sorted(pair for pair in titles if pair[1] != card.type_key)
        return (chosen + rest)[:100]


def read_value(value: str) -> tuple[Action, str, int] | None:
    """Return the action, case and version that a press names, or None for none of ours."""
    name, _, rest = value.partition("|")
    case_id, _, version = rest.partition("|")
    if name not in ACTIONS or not case_id or not version.isdigit() or len(version) > 9:
        return None
    return ACTIONS[name], case_id, int(version)
