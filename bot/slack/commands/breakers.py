"""`/cityhelper breakers`: which providers answer, over all processes."""

from __future__ import annotations

from bot.slack.commands.asking import Ask, lay_out
from integrations.slack.adapter import Message

USAGE = "breakers: which providers answer"
WORDS = {"closed": "answers", "half-open": "is being tried again", "open": "does not answer"}


async def run(ask: Ask) -> Message:
    """Return a line for each breaker, the ill ones first."""
    states = await ask.room.breakers()
    shown = sorted(states.items(), key=lambda item: (item[1] == "closed", item[0]))
    lines = [f"{name}: {WORDS.get(state, state)}" for name, state in shown]
    return lay_out("Providers", lines or ["Nothing is known yet."])
