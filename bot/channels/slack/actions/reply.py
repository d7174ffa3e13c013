"""Reply: write to the resident in one's own words."""

from __future__ import annotations

from bot.channels.slack.blocks import Block, section, text_input
from bot.channels.slack.writable import LONGEST, whom
from bot.desk.cards import CardView

NAME, LABEL = "reply", "Reply"
UP_FRONT = True


def offered(card: CardView) -> bool:
    """Return True while something may be sent to the resident."""
    return card.state != "resolved" and card.silent is None


def form(card: CardView) -> list[Block]:
    """Return what the modal asks for."""
    hint = "It goes out as you write it. What is sent cannot be taken back."
    return [section(whom(card)), text_input("text", "Your words", most=LONGEST, hint=hint)]
