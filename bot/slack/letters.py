"""Dead letters in Slack: listed for admins, replayed or discarded with buttons, put on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.slack.answers import say
from bot.channels.slack.blocks import Block, actions, button, header, section
from bot.channels.slack.limits import fit
from bot.desk.policy import ADMIN
from bot.dlq.commands import MEANINGS
from bot.dlq.replay import replay
from bot.slack.room import Room
from bot.storage import audit, dead_letters
from bot.storage.audit import AuditLine
from bot.storage.engine import Connection
from bot.storage.metadata import to_ms
from bot.storage.outbox import Ready
from bot.storage.staff import Staff
from bot.storage.staff_inbox import Taken
from bot.wakes import Wakes
from integrations.slack.adapter import Message

PREFIX = "dlq:"
MOST = 10
ONLY_ADMINS = "Only admins look after what was given up."


class Letters:
    """Shows and settles dead letters.

    Args:
        room: Slack's parts.
        wakes: announces what is tried again.
    """

    def __init__(self, room: Room, wakes: Wakes) -> None:
        self._room = room
        self._wakes = wakes

    async def show(self, who: Staff) -> Message:
        """Return the list with its buttons; nothing personal is in it."""
        if who.role != ADMIN:
            return say(ONLY_ADMINS)
        letters = await self._room.storage.read(lambda c: dead_letters.list_open(c, most=MOST + 1))
        if not letters:
            return say("Nothing was given up.")
        blocks: list[Block] = [header("Given up")]
        for letter in letters[:MOST]:
            what = f"{letter.provider}: {letter.kind} {letter.name}, {letter.error_code}"
            blocks.append(section(f"{what}, tried {letter.attempts} times. {letter.outbox_id}"))
            blocks += actions(
                button("Try again", PREFIX + "replay", letter.outbox_id),
                button(
                    "Discard",
                    PREFIX + "discard",
                    letter.outbox_id,
                    style="danger",
                    confirm="It is settled then, and nothing more happens to it.",
                ),
            )
        if len(letters) > MOST:
            blocks.append(section("There are more; they come when these are settled."))
        return Message(f"Given up: {min(len(letters), MOST)}", tuple(fit(blocks)))

    async def press(self, taken: Taken) -> None:
        """Replay or discard a letter. Raises `AdapterError` when only the answer failed."""
        event = taken.event
        slack = self._room.workspaces.of(event["team"])
        handle = await self._room.people.know(event["team"], event["user"])
        who = await self._room.board.who(handle)
        words = ONLY_ADMINS
        if who is not None and who.role == ADMIN:
            words = await self._settle(event, who)
        if slack is not None and event.get("response_url"):
            await slack.respond(str(event["response_url"]), say(words))

    async def _settle(self, event: Mapping[str, Any], who: Staff) -> str:
        name, row = str(event["action"]).removeprefix(PREFIX), str(event["value"])
        now, vault = to_ms(self._room.clock.now()), self._room.vault

        def settle(connection: Connection) -> tuple[str, Ready | None]:
            ready = None
            if name == "replay":
                done = replay(connection, vault, row, now)
                word, ready = done.word, done.ready
            else:
                gone = dead_letters.discard(connection, row, now)
                word = "discarded" if gone else "unknown"
            detail = {"outbox_id": row[:26]}
            line = AuditLine(now, who.id, f"dlq_{name}"[:20], word, detail=detail)
            audit.add(connection, vault, line)
            return word, ready

        word, ready = await self._room.storage.write(settle)
        await self._wakes.publish(ready=[ready] if ready else [])
        return f"{row} {MEANINGS.get(word, word)}."
