"""Snooze: off the lists until a time."""

from __future__ import annotations

from bot.channels.slack.blocks import Block, choice_input
from bot.desk.cards import CardView

NAME, LABEL = "snooze", "Snooze"
HOURS = {"1 hour": 1, "4 hours": 4, "1 day": 24, "3 days": 72, "1 week": 168}


def offered(card: CardView) -> bool:
    """Return True while there is something to put off."""
    return card.state in ("open", "claimed")


def form(_card: CardView) -> list[Block]:
    """Return what the modal asks for."""
    options = [(text, str(hours)) for text, hours in HOURS.items()]
    return [choice_input("hours", "For how long", options, given="24")]
