"""What staff can do with a case from Slack, one file each: when it is offered, what it asks for.

A file has `NAME` (of the desk's action), `LABEL`, `offered(card)`, and, when it needs more than a
press, `form(card, now)`: the inputs of its modal. What was entered is made the desk's by
`bot/slack/entries.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from bot.channels.slack.actions import (
    ask,
    change,
    claim,
    decide_again,
    decide_filed,
    hand_back,
    merge,
    mute,
    note,
    release,
    reopen,
    reply,
    resolve,
    reveal,
    snooze,
    unmute,
)
from bot.channels.slack.blocks import Block
from bot.desk.cards import CardView

PREFIX = "case:"
MENU = PREFIX + "more"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do with a case.

    Attributes:
        name: our own, in buttons; `desk`: the desk's action it leads to.
        label: on the button.
        offered: whether a card offers it.
        form: the inputs of its modal, or None: a press is all.
        up_front: it has a button of its own; else it is in the menu.
        style: `primary`, `danger`, or empty.
        confirm: what is asked before the press counts.
    """

    name: str
    desk: str
    label: str
    offered: Callable[[CardView], bool]
    form: Callable[[CardView], list[Block]] | None
    up_front: bool
    style: str
    confirm: str


def _read(module: ModuleType) -> Action:
    """Return what a file says about its action."""
    return Action(
        name=module.NAME,
        desk=getattr(module, "DESK", module.NAME),
        label=module.LABEL,
        offered=module.offered,
        form=getattr(module, "form", None),
        up_front=getattr(module, "UP_FRONT", False),
        style=getattr(module, "STYLE", ""),
        confirm=getattr(module, "CONFIRM", ""),
    )


ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in map(
        _read,
        (
            decide_filed, decide_again, claim, reply, ask, resolve, reopen, note, change, merge,
            snooze, mute, unmute, release, hand_back, reveal,
        ),
    )
}  # fmt: skip
"""By name, in the order in which a card shows them."""
