"""The card of a report: what, where, how it stands. No name; the handle is masked."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from bot.channels.slack import limits
from bot.channels.slack.ages import say_age
from bot.channels.slack.blocks import Block, escape, fields, header, link, section, tame
from bot.channels.slack.cards.parts import CHANNELS, buttons, remarks, standing
from bot.channels.slack.limits import cut, fit
from bot.desk.cards import CardView
from integrations.slack.adapter import Message

MAP = "https://www.openstreetmap.org/search?query="
STATUS = {
    "Pending external": "On its way to the city",
    "": "",
}


def draw(card: CardView, now: datetime) -> Message:
    """Return the card of a report."""
    return Message(fallback(card), tuple(fit([header(card.title), *body(card, now)])))


def body(card: CardView, now: datetime) -> list[Block]:
    """Return everything below the head line."""
    blocks = fields(
        [
            ("Place", card.place),
            ("Number", card.number or card.reference),
            ("City says", STATUS.get(card.status, card.status)),
            ("Case", standing(card)),
            ("Age", say_age(card.age_s)),
            ("Came by", f"{CHANNELS.get(card.channel, card.channel)} ({card.contact or 'erased'})"),
            ("Others who follow it", str(card.duplicates) if card.duplicates else ""),
            ("Photos", str(card.photos) if card.photos else ""),
        ]
    )
    if card.words:
        blocks.append(section(f"“{card.words.removeprefix('words: ')}”"))
    blocks += remarks(card, now)
    more = [link("Map", map_of(card))] if tame(card.place) else []
    return [*blocks, *buttons(card, more)]


def map_of(card: CardView) -> str:
    """Return where a map shows the place; every sign of it is encoded."""
    return MAP + quote(tame(card.place)[:200], safe="")


def fallback(card: CardView) -> str:
    """Return the card in one line, for notifications and screen readers."""
    parts = [card.title, card.place, card.number or card.reference, standing(card)]
    return cut(escape(tame(" · ".join(filter(None, parts)))), limits.FALLBACK)
