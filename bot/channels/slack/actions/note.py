"""Add a note: for colleagues only."""

from __future__ import annotations

from bot.channels.slack.blocks import Block, text_input
from bot.desk.cards import CardView

NAME, LABEL = "note", "Add a note"


def offered(_card: CardView) -> bool:
    """Return True: a note may be added at any time."""
    return True


def form(_card: CardView) -> list[Block]:
    """Return what the modal asks for."""
    hint = "Colleagues see it, the resident never does."
    return [text_input("text", "Note", most=2000, hint=hint)]
