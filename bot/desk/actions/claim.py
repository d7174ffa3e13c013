"""Claim: the case is the actor's now. In a handed-over conversation the bot steps back."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.storage.cases import Kind, State


def act(press: Press) -> Done | Refused:
    """Take a case in hand. Takes no input."""
    version = press.change(claimed_by=press.actor.id, state=State.CLAIMED, snoozed_until=None)
    if press.case.kind is Kind.CONVERSATION:
        press.tell("person_took_over", {})
    return Done(version)
