"""It was filed: a filing in doubt was found at the city, under this number."""

from __future__ import annotations

from bot.channels.slack.blocks import Block, text_input
from bot.desk.cards import CardView

NAME, DESK, LABEL = "decide_filed", "decide", "It was filed"
UP_FRONT = True


def offered(card: CardView) -> bool:
    """Return True while nobody knows whether it arrived."""
    return card.filing == "unconfirmed" and card.state != "resolved"


def form(_card: CardView) -> list[Block]:
    """Return what the modal asks for."""
    hint = "Look for our reference in the city's system. The resident is told this number."
    return [text_input("number", "The city's number", most=60, lines=False, hint=hint)]
