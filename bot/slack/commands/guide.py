"""`/cityhelper help`: what can be asked, and how a thread works."""

from __future__ import annotations

from bot.slack.commands.asking import Ask, lay_out
from integrations.slack.adapter import Message

USAGE = "help: this list"
THREAD = (
    "In a card's thread, a message that begins with > is texted to the resident; everything else "
    "stays among colleagues. What was sent cannot be taken back."
)


async def run(_ask: Ask) -> Message:
    """Return the list."""
    from bot.slack.commands import COMMANDS  # the list that this file stands in

    lines = [f"/cityhelper {module.USAGE}" for module in COMMANDS.values()]
    return lay_out("What you can ask", [*lines, THREAD])
