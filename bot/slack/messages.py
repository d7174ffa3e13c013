"""What staff write in a card's thread: with `>` before it, it goes to the resident; edits send
nothing.

What was sent cannot be unsent: whoever changes or deletes such a message is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.slack.answers import answer, say
from bot.desk.outcome import Lost, Outcome
from bot.slack.room import Room
from bot.slack.submissions import written_already
from bot.storage import cases, slack_cards
from bot.storage.cases import Case
from bot.storage.engine import Connection
from bot.storage.staff_inbox import Taken
from conversations.vocabulary.handles import Handle

MARK = ">"
UNSENT = (
    "What was sent to the resident cannot be unsent or changed. Write a new message to correct it."
)
NOT_BY_EDIT = "An edit sends nothing. Write a new message that begins with > to reach the resident."
MOST_TRIES = 5
"""Times a written line is tried while others press on its case."""

NO_FILES = "Only the words went to the resident, not the file."


class Messages:
    """Brings messages of threads to the desk."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def write(self, taken: Taken) -> None:
        """Send what begins with the mark to the resident; everything else is talk of colleagues."""
        event = taken.event
        text = str(event.get("text") or "")
        if not event.get("thread") or not text.startswith(MARK):
            return
        case = await self._case(event)
        if case is None:
            return
        ref = ref_of(event)
        if await written_already(self._room, case.id, ref):
            return  # an earlier worker sent it, and died before it could say so
        handle = await self._room.people.know(event["team"], event["user"])
        given = {"text": text.removeprefix(MARK).strip(), "channel_ref": ref}
        outcome = await self._reply(handle, case, given)
        await self._room.redraw()
        words = answer("reply", outcome)
        if words is not None:
            await self._room.whisper(event, words, thread=event["thread"])
        if event.get("files"):
            await self._room.whisper(event, say(NO_FILES), thread=event["thread"])

    async def _reply(self, handle: Handle, case: Case, given: Mapping[str, Any]) -> Outcome:
        """Send what was written; it was meant whatever a colleague pressed at the same moment."""
        press = self._room.desk.press
        outcome = await press("reply", handle, case.id, case.version, given)
        for _ in range(MOST_TRIES - 1):
            if not isinstance(outcome, Lost):
                break
            outcome = await press("reply", handle, case.id, outcome.version, given)
        return outcome

    async def change(self, taken: Taken) -> None:
        """Tell whoever edits or deletes what that does not do."""
        event = taken.event
        case = await self._case(event) if event.get("thread") else None
        if case is None:
            return
        if await written_already(self._room, case.id, ref_of(event)):
            await self._room.whisper(event, say(UNSENT), thread=event["thread"])
        elif taken.kind == "edited" and str(event.get("text") or "").startswith(MARK):
            await self._room.whisper(event, say(NOT_BY_EDIT), thread=event["thread"])

    async def _case(self, event: Mapping[str, Any]) -> Case | None:
        """Return the case whose card the thread belongs to."""

        def read(connection: Connection) -> Case | None:
            card = slack_cards.find_at(connection, event["team"], event["channel"], event["thread"])
            return None if card is None else cases.read(connection, card.case_id)

        return await self._room.storage.read(read)


def ref_of(event: Mapping[str, Any]) -> str:
    """Return where a message stands, as lines of a case know it."""
    return f"slack:{event['team']}/{event['channel']}/{event['ts']}"
