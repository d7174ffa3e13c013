"""Unmute: news come into the thread again."""

from __future__ import annotations

from bot.desk.cards import CardView

NAME, DESK, LABEL = "unmute", "mute", "Unmute"


def offered(card: CardView) -> bool:
    """Return True while it is muted."""
    return card.muted
