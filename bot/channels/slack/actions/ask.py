"""Ask a question: as a reply, and the card shows that an answer is awaited."""

from __future__ import annotations

from bot.channels.slack.actions.reply import offered as offered
from bot.channels.slack.blocks import Block, section, text_input
from bot.channels.slack.writable import LONGEST, whom
from bot.desk.cards import CardView

NAME, LABEL = "ask", "Ask"
UP_FRONT = True


def form(card: CardView) -> list[Block]:
    """Return what the modal asks for."""
    hint = "One question at a time is answered best. The answer comes into the thread."
    return [section(whom(card)), text_input("text", "Your question", most=LONGEST, hint=hint)]
