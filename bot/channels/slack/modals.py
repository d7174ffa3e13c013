"""Modals: the one that opens at once, the form of an action, and what to say instead of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from bot.channels.slack import limits
from bot.channels.slack.actions import Action
from bot.channels.slack.blocks import Block, choice_input, plain, section
from bot.desk.cards import CardView

CALLBACK = "case"
SUBMIT = {"reply": "Send", "ask": "Send", "resolve": "Resolve", "reveal": "Show me"}


def loading(label: str) -> dict[str, Any]:
    """Return what opens within three seconds, whatever else takes longer."""
    return _view(label, [section("One moment.")])


def closed(label: str, why: str) -> dict[str, Any]:
    """Return a modal that only tells why there is nothing to fill in."""
    return _view(label, [section(why)])


def form(
    action: Action, card: CardView, where: dict[str, str], types: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Return the modal of an action.

    Args:
        action: with a form.
        card: as it stands; its version is the one that a press is about.
        where: `channel` and `ts` of the card, to answer there.
        types: (title, key) of the city's request types, for a change of it.
    """
    blocks = action.form(card) if action.form else []
    if action.name == "change" and types:
        kinds = choice_input("type_key", "Type", types, given=card.type_key)
        blocks = [kinds, *blocks]
    head = section(" · ".join(filter(None, (card.title, card.place, card.number))))
    meta = {"action": action.name, "case": card.id, "version": card.version, **where}
    return {
        **_view(action.label, [head, *blocks]),
        "callback_id": CALLBACK,
        "private_metadata": orjson.dumps(meta).decode(),
        "submit": plain(SUBMIT.get(action.name, "Save"), limits.MODAL_TITLE),
    }


def _view(label: str, blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain(label, limits.MODAL_TITLE),
        "close": plain("Close", limits.MODAL_TITLE),
        "blocks": limits.fit(blocks, limits.VIEW_BLOCKS),
    }
