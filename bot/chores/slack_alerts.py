"""Telling staff's ops channel what is wrong and what is over; without such a channel, nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.alerts import raise_alerts

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 20


async def run(shell: Shell) -> None:
    """Look what is wrong and say what has changed."""
    await raise_alerts(shell)
