"""Release: the case is nobody's again, and the bot talks to the resident again."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.storage.cases import State


def act(press: Press) -> Done | Refused:
    """Give a case back to all. Takes no input. The resident is told nothing: somebody else may
    take it, and a wish for a person stays on the list.
    """
    version = press.change(claimed_by=None, state=State.OPEN, snoozed_until=None)
    press.tell("person_left", {"silent": True})
    return Done(version)
