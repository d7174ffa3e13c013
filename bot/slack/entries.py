"""What was entered in a modal, as the desk wants it: words to places, numbers to cases, hours to a
time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.room import Room
from bot.storage.metadata import to_ms
from conversations.vocabulary.handles import Handle

HOUR_MS = 3_600_000


class EntryError(Exception):
    """What was entered leads to nothing. The text is a plain sentence for the one who did."""


async def given_of(
    room: Room, name: str, values: Mapping[str, str], handle: Handle, city: str
) -> dict[str, Any]:
    """Return the desk's input for an action.

    Args:
        room: to look things up.
        name: of the action, as in `bot/channels/slack/actions`.
        values: by name of the field, as entered.
        handle: who enters it.
        city: of the case.

    Raises:
        EntryError: a place or a number that is not found.
        StorageAwayError: nothing could be looked up.
    """
    text = {key: value.strip() for key, value in values.items()}
    match name:
        case "reply" | "ask" | "note":
            return {"text": text.get("text", "")}
        case "resolve" | "reveal":
            return {"reason": text.get("reason", "")}
        case "snooze":
            hours = text.get("hours", "")
            until = int(hours) * HOUR_MS if hours.isdigit() and len(hours) < 5 else 0
            return {"until": to_ms(room.clock.now()) + until}
        case "change":
            return await _change(room, text, city)
        case "merge":
            return {"into": await _case_of(room, text.get("number", ""), handle)}
        case "decide_filed":
            return {"choice": "filed", "number": text.get("number", "")}
        case "decide_again":
            return {"choice": "again"}
        case "mute" | "unmute":
            return {"on": name == "mute"}
    return {}


async def _change(room: Room, text: Mapping[str, str], city: str) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if text.get("type_key"):
        given["type_key"] = text["type_key"]
    if words := text.get("place", ""):
        place = await room.find_place(city, words)
        if place is None:
            raise EntryError("The place was not found, or there are several. Nothing was changed.")
        given["place"] = dict(place)
    return given


async def _case_of(room: Room, number: str, handle: Handle) -> str:
    found = await room.board.find(handle, number=number) if number else []
    if not found:
        raise EntryError("There is no report with this number. Nothing was merged.")
    return found[0].id
