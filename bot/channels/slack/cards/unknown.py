"""The card of a filing in doubt: nobody knows whether the city has it, so a person decides."""

from __future__ import annotations

from datetime import datetime

from bot.channels.slack.blocks import header, section
from bot.channels.slack.cards.service_request import body, fallback
from bot.channels.slack.limits import fit
from bot.desk.cards import CardView
from integrations.slack.adapter import Message

WHAT = (
    "The call to the city ended without an answer, so this report may be filed or not. Look for "
    "{reference} in the city's system, then press one of the two. Nothing is sent again by itself."
)


def draw(card: CardView, now: datetime) -> Message:
    """Return the card of a filing in doubt."""
    blocks = [
        header(f"In doubt: {card.title}"),
        section(WHAT.format(reference=card.reference)),
        *body(card, now),
    ]
    return Message(f"In doubt: {fallback(card)}", tuple(fit(blocks)))
