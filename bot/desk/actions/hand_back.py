"""Hand back: the bot talks to the resident again, who is told so; the case stays the actor's."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press


def act(press: Press) -> Done | Refused:
    """Let the bot talk again. Takes no input."""
    version = press.take(waiting_since=None)
    press.tell("person_left", {})
    return Done(version)
