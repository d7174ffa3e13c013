"""Hand back: the bot talks to the resident again."""

from __future__ import annotations

from bot.desk.cards import CardView

NAME, LABEL = "hand_back", "Hand back to the bot"


def offered(card: CardView) -> bool:
    """Return True while a person talks to the resident."""
    return bool(card.claimed_by) and card.state != "resolved"
