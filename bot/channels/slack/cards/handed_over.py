"""The card of a conversation in which a person is wanted."""

from __future__ import annotations

from datetime import datetime

from bot.channels.slack import limits
from bot.channels.slack.ages import say_age
from bot.channels.slack.blocks import escape, fields, header, section, tame
from bot.channels.slack.cards.parts import CHANNELS, buttons, remarks, standing
from bot.channels.slack.limits import cut, fit
from bot.desk.cards import CardView
from integrations.slack.adapter import Message

WHY = {
    "asked": "The resident asked for a person.",
    "filing_unconfirmed": "Nobody knows whether a report arrived at the city.",
    "misses": "The bot did not understand the resident.",
}


def draw(card: CardView, now: datetime) -> Message:
    """Return the card of a conversation."""
    blocks = [
        header("A resident wants a person"),
        section(WHY.get(card.reason, "The bot could not go on alone.")),
        *fields(
            [
                ("Case", standing(card)),
                ("Age", say_age(card.age_s)),
                ("Came by", f"{CHANNELS.get(card.channel, card.channel)} ({card.contact})"),
                ("Language", card.language),
            ]
        ),
    ]
    if card.words:
        blocks.append(section(f"“{card.words}”"))
    text = f"A resident wants a person · {standing(card)}"
    blocks += [*remarks(card, now), *buttons(card)]
    return Message(cut(escape(tame(text)), limits.FALLBACK), tuple(fit(blocks)))
