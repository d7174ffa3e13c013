"""Reopen: a resolved case is worked on again."""

from __future__ import annotations

from bot.desk.cards import CardView

NAME, LABEL = "reopen", "Reopen"
UP_FRONT = True


def offered(card: CardView) -> bool:
    """Return True once it is resolved."""
    return card.state == "resolved"
