"""The ops channel: what is wrong is said once and ended in place; dead letters, by admins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.slack import alerts
from bot.slack.alerts import raise_alerts
from integrations.kit.errors import Rejected
from integrations.kit.sandbox.faults import Fault
from tests.bot.slack.conftest import MEI, ROSA, SlackHouse, find

Wrong = Callable[[set[str]], None]


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> Wrong:
    """Set what is wrong."""

    def choose(names: set[str]) -> None:
        async def find_wrong(_shell: Any) -> set[str]:
            return names

        monkeypatch.setattr(alerts, "find_wrong", find_wrong)

    return choose


async def test_an_alert_is_said_once_and_ended_in_place(slack: SlackHouse, wrong: Wrong) -> None:
    """However often it is looked at: one message, which says at last that it is over."""
    wrong({"breaker:nyc311.write"})
    for _ in range(3):
        await raise_alerts(slack.shell)
    (said,) = await slack.cards("C0OPS")
    assert said["text"] == "nyc311.write does not answer"

    wrong(set())
    await raise_alerts(slack.shell)
    (said,) = await slack.cards("C0OPS")
    assert said["text"] == "Over: nyc311.write does not answer"

    wrong({"breaker:nyc311.write"})
    await raise_alerts(slack.shell)
    assert len(await slack.cards("C0OPS")) == 2


async def test_an_alert_whose_answer_is_lost_stands_there_once(
    slack: SlackHouse, wrong: Wrong
) -> None:
    """Slack took it and nobody was told: the next run finds it."""
    wrong({"dead:twilio"})
    slack.world.faults.add(Fault("slack", "commit_then_reset", operation="post"))
    for _ in range(3):
        await raise_alerts(slack.shell)

    assert len(await slack.cards("C0OPS")) == 1


async def test_what_was_over_before_it_was_said_is_never_said(
    slack: SlackHouse, wrong: Wrong
) -> None:
    """Slack was away all the while: yesterday's breaker is nobody's business."""
    slack.world.faults.add(Fault("slack", "status", operation="post", status=500))
    wrong({"breaker:twilio.write"})
    await raise_alerts(slack.shell)
    wrong(set())
    await raise_alerts(slack.shell)

    assert await slack.cards("C0OPS") == []


async def test_what_is_wrong_is_found(slack: SlackHouse) -> None:
    """Dead letters and filings in doubt are named; a breaker's state comes over Redis."""
    slack.desk.house.requests.before = [Rejected("nyc311", "submit")]
    await slack.text("submit here")

    assert await alerts.find_wrong(slack.shell) == {"dead:nyc311"}


async def test_dead_letters_are_an_admins(slack: SlackHouse) -> None:
    """Staff are told so; an admin replays one with a button, and it is filed. On record."""
    slack.desk.house.requests.before = [Rejected("nyc311", "submit")]
    await slack.text("submit here")
    await slack.do("command", user=ROSA, channel="C0DESK", text="dlq")
    assert "Only admins" in (await slack.whispers(ROSA))[-1]

    await slack.do("command", user=MEI, channel="C0DESK", text="dlq")
    shown = [m for m in await slack.messages() if m["to"] == MEI][-1]
    assert find(shown["blocks"], "dlq:replay") is not None
    where = {"channel": "C0DESK", "ts": shown["ts"]}
    await slack.do("press", user=MEI, action_id="dlq:replay", **where)
    assert len(slack.desk.house.requests.filed) == 1
    await slack.do("press", user=MEI, action_id="dlq:discard", **where)

    told = await slack.whispers(MEI)
    assert "will be tried again now" in told[-2]
    rows = await slack.desk.house.rows("SELECT action, outcome FROM audit WHERE action LIKE 'dlq%'")
    assert ("dlq_replay", "replayed") in [tuple(row) for row in rows]
