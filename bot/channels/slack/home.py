"""The home tab: my requests, who waits for an answer, what is overdue, how the providers do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.channels.slack import limits
from bot.channels.slack.ages import say_age
from bot.channels.slack.blocks import Block, header, section
from bot.channels.slack.cards.parts import standing
from bot.desk.cards import CardView

MOST = 10


@dataclass(frozen=True, slots=True)
class HomeView:
    """What a home shows. `breakers`: provider's breaker to `closed`, `half-open` or `open`."""

    mine: Sequence[CardView] = ()
    waiting: Sequence[CardView] = ()
    overdue: Sequence[CardView] = ()
    breakers: Mapping[str, str] = field(default_factory=dict)
    known: bool = True


def draw_home(home: HomeView) -> dict[str, Any]:
    """Return the home tab of a person."""
    if not home.known:
        blocks = [header("CityHelper"), section("You are not registered as staff here.")]
    else:
        blocks = [
            *_list("In my hands", home.mine, "Nothing."),
            *_list("Waiting for an answer", home.waiting, "Nobody is waiting."),
            *_list("Overdue", home.overdue, "Nothing is overdue."),
            header("Providers"),
            section(_health(home.breakers)),
        ]
    return {"type": "home", "blocks": limits.fit(blocks, limits.VIEW_BLOCKS)}


def line_of(card: CardView) -> str:
    """Return a case in one line."""
    parts = [card.title, card.place, card.number or card.reference, standing(card)]
    return " · ".join(filter(None, [*parts, say_age(card.age_s)]))


def _list(title: str, cards: Sequence[CardView], nothing: str) -> list[Block]:
    if not cards:
        return [header(title), section(nothing)]
    lines = [section(line_of(card)) for card in cards[:MOST]]
    if len(cards) > MOST:
        lines.append(section(f"And {len(cards) - MOST} more."))
    return [header(f"{title} ({len(cards)})"), *lines]


def _health(breakers: Mapping[str, str]) -> str:
    ill = sorted(name for name, state in breakers.items() if state != "closed")
    return "All answer." if not ill else "Not answering: " + ", ".join(ill) + "."
