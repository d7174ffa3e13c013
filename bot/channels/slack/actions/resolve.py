"""Resolve: say how it ended; the resident reads the reason."""

from __future__ import annotations

from bot.channels.slack.blocks import Block, text_input
from bot.desk.cards import CardView
from conversations.wording.catalogue import LIMITS

NAME, LABEL = "resolve", "Resolve"
UP_FRONT = True


def offered(card: CardView) -> bool:
    """Return True until it is resolved."""
    return card.state != "resolved"


def form(card: CardView) -> list[Block]:
    """Return what the modal asks for."""
    hint = "The resident reads this word by word, and is asked whether it is fixed."
    return [text_input("reason", "How it ended", most=LIMITS["reason"], hint=hint)]
