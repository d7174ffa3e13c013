"""What all cards of cases have in common: how it stands, who did what, what can be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.channels.slack.actions import ACTIONS, MENU, PREFIX, Action
from bot.channels.slack.ages import say_age
from bot.channels.slack.blocks import Block, actions, button, context, menu
from bot.desk.cards import CardView
from bot.storage.metadata import from_ms

STATES = {"open": "Open", "claimed": "In hand", "snoozed": "Snoozed", "resolved": "Resolved"}
CHANNELS = {"sms": "text message", "email": "mail", "slack": "Slack", "terminal": "terminal"}
SILENT = {
    "opted_out": "The resident asked us to stop: nothing can be sent.",
    "unreachable": "Nothing arrives at the resident's number or mailbox.",
    "notices_off": "The resident wants no notices by mail.",
}
LATEST = 3
"""Lines of the history that the card itself shows; the thread has them all."""


def standing(card: CardView) -> str:
    """Return how a case stands and in whose hands it is, one line."""
    word = STATES.get(card.state, card.state)
    if not card.claimed_by:
        return word
    by = "resolved by" if card.state == "resolved" else "with"
    return f"{word}, {by} {card.claimed_by}"


def remarks(card: CardView, now: datetime) -> list[Block]:
    """Return the small lines: who waits, what cannot be sent, what happened last."""
    lines = []
    if card.waiting_since is not None:
        waits = say_age(int(now.timestamp()) - card.waiting_since // 1000)
        overdue = " The answer is overdue." if card.overdue else ""
        lines.append(f"The resident has been waiting for an answer for {waits}.{overdue}")
    if card.snoozed_until is not None and card.state == "snoozed":
        until = from_ms(card.snoozed_until).astimezone(now.tzinfo)
        lines.append(f"Snoozed until {until:%b %d, %H:%M}.")
    if card.silent is not None:
        lines.append(SILENT.get(card.silent, "Nothing can be sent to the resident."))
    if card.merged_into is not None:
        lines.append("A duplicate of another report.")
    if card.muted:
        lines.append("Muted: news do not come into the thread.")
    latest = [f"{line.when} · {line.who}: {line.text}" for line in card.history[-LATEST:]]
    return [*context(*lines), *(block for line in latest for block in context(line))]


def buttons(card: CardView, further: Sequence[Block] = ()) -> list[Block]:
    """Return what can be pressed: buttons for the usual, a menu for the rest, `further` ones."""
    offered = [action for action in ACTIONS.values() if action.offered(card)]
    row = [_button(action, card) for action in offered if action.up_front]
    rest = [(a.label, value_of(a, card)) for a in offered if not a.up_front]
    if rest:
        row.append(menu("More", MENU, rest))
    return actions(*row, *further)


def value_of(action: Action, card: CardView) -> str:
    """Return what a press says: which action, which case, which version of it was seen."""
    return f"{action.name}|{card.id}|{card.version}"


def _button(action: Action, card: CardView) -> Block:
    return button(
        action.label,
        PREFIX + action.name,
        value_of(action, card),
        style=action.style,
        confirm=action.confirm,
    )
