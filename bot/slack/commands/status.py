"""`/cityhelper status <number>`: the card of a case, by tracking number or our reference."""

from __future__ import annotations

from bot.channels.slack.answers import say
from bot.channels.slack.cards import draw_card
from bot.slack.commands.asking import Ask
from integrations.slack.adapter import Message

USAGE = "status NUMBER: how a report stands, by its tracking number or our reference CH-...."


async def run(ask: Ask) -> Message:
    """Return the card, with its buttons."""
    if len(ask.words) != 1:
        return say(f"Use: /cityhelper {USAGE}")
    found = await ask.room.board.find(ask.handle, number=ask.words[0])
    if not found:
        return say("There is no report with this number.")
    card = await ask.room.board.card(ask.handle, found[0].id)
    if card is None:
        return say("There is no report with this number.")
    return draw_card(card, ask.room.local(card.city))
