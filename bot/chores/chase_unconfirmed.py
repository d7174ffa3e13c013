"""Keeping the word given about filings that the city did not confirm (RELIABILITY 5.1 (e)).

"We will text you by tomorrow": after 24 hours its resident is told how it stands, after 48 hours
without proof they decide whether it is filed anew. Whatever settles it before ends the chase.
In quiet hours neither is sent; it waits until the morning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter

from bot.deeds.ends import CHASE_S
from bot.deeds.telling import filed
from bot.notices import News, notify
from bot.storage import polls
from bot.storage.engine import Connection
from bot.storage.metadata import to_ms
from bot.storage.service_requests import Report

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 300
BATCH = 200
CHASED = Counter("unconfirmed_chased_total", "Unconfirmed filings told again", ["step"])


async def run(shell: Shell) -> None:
    """Tell or ask about every unconfirmed filing whose day has come."""
    now = to_ms(shell.clock.now())
    due = await shell.storage.read(lambda c: polls.to_chase(c, shell.vault, now, BATCH))
    for report in due:
        await _chase(shell, report, now)


async def _chase(shell: Shell, report: Report, now: int) -> None:
    """Tell the first time, ask the second time; both are written with what is next."""
    first = report.polls == 0
    kind = "still_unconfirmed" if first else "filing_doubtful"
    next_at = now + CHASE_S * 1000 if first else None

    def write(connection: Connection) -> list[str]:
        polls.seen(connection, report.id, next_at)
        news, city = News(kind, filed(report), report.id, promised=True), shell.cities[report.city]
        return notify(connection, shell.vault, city, report, news, now)

    CHASED.labels(kind).inc()
    await shell.wakes.publish(await shell.storage.write(write))
