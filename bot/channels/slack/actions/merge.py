"""Merge with a duplicate: the resident follows the other report from then on."""

from __future__ import annotations

from bot.channels.slack.blocks import Block, text_input
from bot.desk.cards import CardView

NAME, LABEL = "merge", "Merge with duplicate"


def offered(card: CardView) -> bool:
    """Return True for a report that is not resolved."""
    return card.kind == "request" and card.state != "resolved"


def form(_card: CardView) -> list[Block]:
    """Return what the modal asks for."""
    hint = "Its tracking number, or its reference CH-...."
    return [text_input("number", "The report that stays", most=60, lines=False, hint=hint)]
