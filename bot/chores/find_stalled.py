"""Putting before staff what got stuck: reports with which nothing happens any more.

Once each: not again while staff have the request open, and not for the same reason until something
has happened to it. Nobody else is told; what its resident was promised is kept by other chores.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from prometheus_client import Counter

from bot.storage import hand_overs, stalled
from bot.storage.engine import Connection
from bot.storage.metadata import to_ms

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 24 * 3600
BATCH = 200
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
AFTER_MS = {
    "no_number": DAY_MS,  # on its way to the city, and it never came back
    "no_number_back": 7 * DAY_MS,  # its resident was to file it, and sent no number
    "no_news": 30 * DAY_MS,  # the city has it, and says nothing new
    stalled.UNCONFIRMED: HOUR_MS,  # put before staff at once; here in case that was lost
}
"""How long nothing may happen, milliseconds, for each way to be stalled."""

STALLED = Counter("requests_stalled_total", "Requests put before staff, by why", ["reason"])


async def run(shell: Shell) -> None:
    """Put every stalled request before staff."""
    now = to_ms(shell.clock.now())
    for reason, after in AFTER_MS.items():
        put = functools.partial(_hand_over, shell=shell, reason=reason, before=now - after, now=now)
        STALLED.labels(reason).inc(await shell.storage.write(put))


def _hand_over(connection: Connection, shell: Shell, reason: str, before: int, now: int) -> int:
    """Keep one hand-over for each request stalled since `before`; return how many."""
    found = stalled.find(connection, shell.vault, reason, before, BATCH)
    for report in found:
        hand_overs.add(
            connection,
            shell.vault,
            conversation_id=report.conversation_id,
            city=report.city,
            reason=reason,
            summary=report.number or report.reference,
            now=now,
            request_id=report.id,
        )
    return len(found)
