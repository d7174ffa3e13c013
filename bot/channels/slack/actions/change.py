"""Change type or place: put a report right."""

from __future__ import annotations

from bot.channels.slack.blocks import Block, text_input
from bot.desk.cards import CardView

NAME, LABEL = "change", "Change type or place"


def offered(card: CardView) -> bool:
    """Return True for a report that is not resolved."""
    return card.kind == "request" and card.state != "resolved"


def form(card: CardView) -> list[Block]:
    """Return what the modal asks for besides the type, which needs the city's list."""
    hint = "An address or corner. It is looked up; leave it empty to keep the place."
    return [text_input("place", "New place", most=200, lines=False, hint=hint, optional=True)]
