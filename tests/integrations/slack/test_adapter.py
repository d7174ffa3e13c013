"""The adapter against its twin: one message each, found again in doubt, to no foreign address."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.vocabulary.requests import SendOutcome
from integrations.kit.errors import AdapterError, Congested, RateLimited, Rejected
from integrations.kit.pacing import Pacer
from integrations.kit.sandbox.faults import Fault
from integrations.kit.sandbox.world import DEFAULTS
from integrations.slack.adapter import Message, SlackAdapter
from integrations.slack.errors_table import MessageGone, TooLate
from tests.integrations.twins import Stage, open_stage

CARD = Message("A new request", ({"type": "divider"},))
SINCE = datetime.fromtimestamp(time.time() - 100, UTC)
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Hi"}, "blocks": []}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The twin alone."""
    async with open_stage("slack") as opened:
        yield opened


def make(stage: Stage, **more: Any) -> SlackAdapter:
    """Return an adapter that is not slowed down by its pace."""
    chosen = {
        "make_pacer": lambda name: Pacer("slack", None),
        "hooks_url": stage.url("hooks/"),
        **more,
    }
    return SlackAdapter(
        stage.caller, token=DEFAULTS["slack_bot_token"], base_url=stage.url("api"),
        **chosen,
    )  # fmt: skip


async def test_a_message_in_doubt_is_found(stage: Stage) -> None:
    """It was taken and the answer lost: the history has it by our intent; another it has not."""
    slack = make(stage)
    stage.world.faults.add(Fault("slack", "commit_then_reset", operation="post"))
    with pytest.raises(AdapterError) as caught:
        await slack.post("C0DESK", CARD, intent="i1")

    assert caught.value.outcome is SendOutcome.UNKNOWN
    found = await slack.find("C0DESK", "i1", SINCE)
    assert found is not None
    assert await slack.find("C0DESK", "i2", SINCE) is None
    assert stage.world.effects["slack", "i1"] == 1


async def test_a_line_in_a_thread_is_found_there(stage: Stage) -> None:
    """Lines of a thread are looked for in the thread."""
    slack = make(stage)
    card = await slack.post("C0DESK", CARD, intent="card")
    line = await slack.post("C0DESK", CARD, intent="line", thread=card.ts)

    assert await slack.find("C0DESK", "line", SINCE, thread=card.ts) == line
    assert await slack.find("C0DESK", "line", SINCE) is None


async def test_an_update_after_a_deletion_says_so(stage: Stage) -> None:
    """Somebody deleted the card: it can only be posted anew."""
    slack = make(stage)
    card = await slack.post("C0DESK", CARD, intent="card")
    await slack.delete("C0DESK", card.ts)

    with pytest.raises(MessageGone):
        await slack.update("C0DESK", card.ts, CARD, intent="card")


async def test_a_trigger_opens_one_modal(stage: Stage) -> None:
    """A trigger that was used, or is four seconds old, opens none."""
    slack = make(stage)
    store = stage.http._transport.app.gates["slack"]._twin.state.store  # type: ignore[attr-defined]
    first, second = store.new_trigger("U0CHEN"), store.new_trigger("U0CHEN")
    view = await slack.open_view(first, MODAL)

    with pytest.raises(TooLate):
        await slack.open_view(first, MODAL)
    stage.world.advance(4)
    with pytest.raises(TooLate):
        await slack.open_view(second, MODAL)
    with pytest.raises(TooLate):
        await slack.update_view(view.id, MODAL, view_hash="old")


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest", "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x", "http://hooks.slack.com/x",
        "https://hooks.slack.com:8080/x", "https://hooks.slack.com\\@evil.example/", "", "https://[",
        "HTTPS://hooks.slack.com/..//x", "https://hooks.slаck.com/x",
    ],
)  # fmt: skip
async def test_a_foreign_response_url_is_never_called(stage: Stage, url: str) -> None:
    """It came in a request, so it may be anybody's."""
    slack = make(stage, hooks_url="https://hooks.slack.com/")
    with pytest.raises(Rejected):
        await slack.respond(url, CARD)

    assert stage.count_calls() == 0


async def test_one_message_a_second_and_channel(stage: Stage) -> None:
    """The pace is each channel's own; who would wait too long is told so and sends nothing."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    slack = make(stage, make_pacer=lambda name: Pacer("slack", 1.0, sleep=sleep, clock=lambda: 5.0))
    for number in range(21):
        await slack.post("C0DESK", CARD, intent=f"a{number}")
    await slack.post("C0OPS", CARD, intent="b")

    assert waits == [float(n) for n in range(1, 21)]
    with pytest.raises(Congested):
        await slack.post("C0DESK", CARD, intent="late")


async def test_a_429_asks_to_wait(stage: Stage) -> None:
    """Refused for its pace alone: nothing stands there, and Slack says how long to wait."""
    slack = make(stage)
    fault = Fault("slack", "status", operation="post", status=429, retry_after=30)
    stage.world.faults.add(fault)
    with pytest.raises(RateLimited) as caught:
        await slack.post("C0DESK", CARD, intent="a")

    assert caught.value.retry_after == 30
    assert not stage.world.effects
