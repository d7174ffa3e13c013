"""Cards: one file per kind, drawn from a `CardView`, which holds no name and no handle."""

from __future__ import annotations

from datetime import datetime

from bot.channels.slack.cards import handed_over, service_request, unknown
from bot.desk.cards import CardView
from integrations.slack.adapter import Message


def draw_card(card: CardView, now: datetime) -> Message:
    """Return the card of a case: of a filing in doubt, of a report, of a conversation.

    Args:
        card: as it stands.
        now: the present in the city's own time.
    """
    if card.kind != "request":
        return handed_over.draw(card, now)
    if card.filing == "unconfirmed" and card.state != "resolved":
        return unknown.draw(card, now)
    return service_request.draw(card, now)
