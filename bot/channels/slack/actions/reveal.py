"""Reveal contact: shown to the one who asks, for a reason, on record."""

from __future__ import annotations

from bot.channels.slack.blocks import Block, text_input
from bot.desk.cards import CardView

NAME, LABEL = "reveal", "Reveal contact"


def offered(card: CardView) -> bool:
    """Return True while we know how the resident is reached."""
    return bool(card.contact)


def form(_card: CardView) -> list[Block]:
    """Return what the modal asks for."""
    hint = "Your name, the time and this reason are kept on record. Only you will see the contact."
    return [text_input("reason", "Why you need it", most=500, hint=hint)]
