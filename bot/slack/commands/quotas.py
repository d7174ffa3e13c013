"""`/cityhelper quotas`: how many calls of today are left, of the providers that have a limit."""

from __future__ import annotations

from bot.slack.commands.asking import Ask, lay_out
from integrations.slack.adapter import Message

USAGE = "quotas: calls left today"


async def run(ask: Ask) -> Message:
    """Return a line for each provider with a limit."""
    left = await ask.room.quotas()
    lines = [f"{name}: {count} left of {daily}" for name, (count, daily) in sorted(left.items())]
    return lay_out("Calls left today", lines or ["No provider has a limit."])
