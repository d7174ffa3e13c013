"""Claim: take a case in hand."""

from __future__ import annotations

from bot.desk.cards import CardView

NAME, LABEL = "claim", "Claim"
UP_FRONT, STYLE = True, "primary"


def offered(card: CardView) -> bool:
    """Return True while nobody has it in hand."""
    return card.state != "resolved" and not card.claimed_by
