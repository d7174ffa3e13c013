"""What staff are told before they write to a resident."""

from __future__ import annotations

from bot.desk.cards import CardView

LONGEST = 2000
"""Characters a modal takes; what fits into two texts is the desk's to say."""

CHANNELS = {"sms": "as a text message", "email": "by mail", "slack": "in Slack"}


def whom(card: CardView) -> str:
    """Return how what is written will reach the resident."""
    how = CHANNELS.get(card.channel, card.channel)
    language = {"en": "English", "es": "Spanish"}.get(card.language, card.language)
    limit = " About two text messages fit." if card.channel == "sms" else ""
    return f"The resident gets it {how} and writes in {language}.{limit}"
