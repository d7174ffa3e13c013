"""Forgetting how many texts numbers got on days that are over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.storage import budgets

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 6 * 3600
KEPT = timedelta(days=2)
"""Longer than any city's day can lag behind ours."""


async def run(shell: Shell) -> None:
    """Forget every day before the day before yesterday."""
    before = (shell.clock.now() - KEPT).date().isoformat()
    await shell.storage.write(lambda c: budgets.forget(c, before))
