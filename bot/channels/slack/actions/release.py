"""Release: the case is for anybody again."""

from __future__ import annotations

from bot.desk.cards import CardView

NAME, LABEL = "release", "Release"


def offered(card: CardView) -> bool:
    """Return True while somebody has it in hand."""
    return bool(card.claimed_by) and card.state in ("claimed", "snoozed")
