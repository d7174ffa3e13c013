"""The card of an alert in the ops channel: something of ours or of a provider needs eyes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.slack import limits
from bot.channels.slack.blocks import Block, actions, context, escape, header, section, tame
from bot.channels.slack.limits import cut, fit
from integrations.slack.adapter import Message


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that is wrong, or was.

    Attributes:
        key: what makes it the same alert: `breaker:nyc311.write`.
        title: one line.
        text: what it means and what to do.
        since: when it began, as people read it.
        over: when it ended, or empty.
    """

    key: str
    title: str
    text: str
    since: str
    over: str = ""


def draw(alert: Alert, buttons: tuple[Block, ...] = ()) -> Message:
    """Return the card of an alert; one that is over says so and asks for nothing."""
    title = f"Over: {alert.title}" if alert.over else alert.title
    blocks = [header(title), section(alert.text)]
    blocks += context(
        f"Since {alert.since}." + (f" Over since {alert.over}." if alert.over else "")
    )
    if not alert.over:
        blocks += actions(*buttons)
    return Message(cut(escape(tame(title)), limits.FALLBACK), tuple(fit(blocks)))
