"""`/cityhelper dlq`: what was given up, with buttons to try again or discard it. For admins."""

from __future__ import annotations

from bot.slack.commands.asking import Ask
from integrations.slack.adapter import Message

USAGE = "dlq: what was given up; try it again or discard it (admins)"


async def run(ask: Ask) -> Message:
    """Return the list."""
    return await ask.letters.show(ask.who)
