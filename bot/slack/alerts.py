"""Alerts in the ops channel, beside the logs and metrics: begun once, ended on the same message.

What is wrong is noted first, then said: a chore that dies in between, or a Slack that is away,
leaves it to the next run. A post whose answer was lost is looked up by the alert's id before it is
made again.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from bot.breakers import read_states
from bot.channels.slack.cards.alert import Alert, draw
from bot.slack.routes import Channel
from bot.storage import case_lists, dead_letters, slack_alerts
from bot.storage.metadata import from_ms, to_ms
from bot.storage.slack_alerts import BEGUN, OVER, Unsaid
from integrations.kit.errors import AdapterError
from integrations.slack.adapter import SlackAdapter

if TYPE_CHECKING:
    from bot.shell import Shell

WORDS = {
    "breaker": (
        "{what} does not answer",
        "More than half of the last calls failed, so no more are made but one a minute. What waits "
        "is kept, and goes out when it answers again.",
    ),
    "quota": (
        "Calls to {what} run short today",
        "A tenth or less is left. Looking things up stops first, residents' reports last.",
    ),
    "dead": (
        "Given up: something for {what}",
        "It cannot mend itself. Look with: /cityhelper dlq",
    ),
    "doubt": (
        "Filings in doubt",
        "Nobody knows whether they arrived at the city. Each has a card with both choices.",
    ),
}
"""Kind of what is wrong to its head line and what to do."""

log = structlog.get_logger("bot.slack")


async def find_wrong(shell: Shell) -> set[str]:
    """Return what is wrong now, as `kind:what`."""
    states = await read_states(shell.redis, shell.breakers())
    wrong = {f"breaker:{name}" for name, state in states.items() if state != "closed"}
    for caller in shell.callers.values():
        if await caller.is_low():
            wrong.add(f"quota:{caller.provider}")
    dead = await shell.storage.read(dead_letters.count_open)
    wrong |= {f"dead:{provider}" for provider, count in dead.items() if count}
    cities = list(shell.cities)
    if await shell.storage.read(lambda c: case_lists.in_doubt(c, cities)):
        wrong.add("doubt:filings")
    return wrong


async def raise_alerts(shell: Shell) -> None:
    """Say what has begun to be wrong, and what is over."""
    side = shell.slack
    if side is None or side.routes.ops is None:
        return
    slack = side.workspaces.of(side.routes.ops.team)
    wrong, now = await find_wrong(shell), to_ms(shell.clock.now())
    await shell.storage.write(lambda c: slack_alerts.note(c, wrong, now))
    for alert in await shell.storage.read(slack_alerts.unsaid):
        if slack is None:
            return
        try:
            await _say(shell, slack, side.routes.ops, alert)
        except AdapterError as error:
            log.warning("alert_not_said", error_code=error.code, label=error.label)
            return


async def _say(shell: Shell, slack: SlackAdapter, to: Channel, alert: Unsaid) -> None:
    """Bring one alert up to date."""
    since = f"{from_ms(alert.since):%b %d, %H:%M} UTC"
    over = None if alert.over_at is None else from_ms(alert.over_at)
    message = draw(make_alert(alert.name, since, over))
    ts, what = alert.ts, BEGUN if alert.over_at is None else OVER
    if ts is None:
        found = await slack.find(to.id, alert.id, from_ms(alert.since))
        ts = found.ts if found else None
    if ts is None and alert.over_at is None:
        ts = (await slack.post(to.id, message, intent=alert.id)).ts
    elif ts is not None:
        await slack.update(to.id, ts, message, intent=alert.id)
    await shell.storage.write(lambda c: slack_alerts.note_said(c, alert, what, ts))


def make_alert(name: str, since: str, over: datetime | None) -> Alert:
    """Return an alert in words; `name` is `kind:what`."""
    kind, _, what = name.partition(":")
    title, text = WORDS.get(kind, (name, ""))
    over_at = f"{over:%b %d, %H:%M} UTC" if over else ""
    return Alert(name, title.format(what=what), text or name, since, over_at)
