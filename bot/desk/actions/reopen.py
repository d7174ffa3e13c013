"""Reopen: a resolved case is open again, in the actor's hands."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.storage import timeline
from bot.storage.cases import State
from bot.storage.timeline import Kind


def act(press: Press) -> Done | Refused:
    """Open a resolved case again. Takes no input; a duplicate is one no more."""
    version = press.change(claimed_by=press.actor.id, state=State.CLAIMED, merged_into=None)
    if press.case.request_id is not None:
        timeline.add(
            press.connection, press.parts.vault, press.case.request_id, Kind.REOPENED, press.now
        )
    return Done(version)
