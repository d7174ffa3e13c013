"""Mute: the thread stays quiet; the card still shows how it stands."""

from __future__ import annotations

from bot.desk.cards import CardView

NAME, LABEL = "mute", "Mute"


def offered(card: CardView) -> bool:
    """Return True while it is heard."""
    return not card.muted
