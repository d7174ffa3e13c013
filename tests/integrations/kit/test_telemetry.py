"""What is told about calls: trace ids, the quota's warning, levels."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
from collections.abc import Iterator

import httpx
import orjson
import pytest
import structlog
from prometheus_client import REGISTRY

from integrations.kit import errors, logs, traces
from integrations.kit.caller import Call, Policy

GET = Call("look", "GET", "https://x.test/")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Return where the log goes."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up_logging(logging.INFO, stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def read(stream: io.StringIO) -> list[dict]:
    """Return the log lines."""
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


def ok(request: httpx.Request) -> httpx.Response:
    """Answer with an empty object."""
    return httpx.Response(200, json={})


async def test_a_bound_trace_ties_the_lines_together(make_caller, lines) -> None:
    """Calls of one piece of work carry its trace id; calls outside any have one each."""
    caller = make_caller(ok)

    async def work() -> str:
        bound = traces.bind_trace()
        await caller.call(GET, lambda answer: None)
        await caller.call(GET, lambda answer: None)
        return bound

    bound = await asyncio.create_task(work())
    await caller.call(GET, lambda answer: None)
    await caller.call(GET, lambda answer: None)
    ids = [line["trace_id"] for line in read(lines)]
    assert ids[:2] == [bound, bound]
    assert len(set(ids)) == 3
    assert all(len(trace_id) == 32 for trace_id in ids)
    assert traces.current_trace_id() == ""


async def test_an_error_knows_its_trace(make_caller, lines) -> None:
    """What goes to the dead letters can be found in the log."""
    with pytest.raises(errors.Rejected) as caught:
        await make_caller(lambda request: httpx.Response(400)).call(GET, lambda answer: None)
    assert caught.value.trace_id == read(lines)[-1]["trace_id"]


async def test_a_tenth_left_warns_once(make_caller, lines, fake_time) -> None:
    """When a tenth of the day's calls is left a warning is written, once."""
    caller = make_caller(ok, Policy(quota_daily=20), name="low")
    for _ in range(20):
        fake_time.now += 10
        await caller.call(GET, lambda answer: None)
    warnings = [line for line in read(lines) if line["event"] == "quota_low"]
    assert [line["remaining"] for line in warnings] == [2]
    assert REGISTRY.get_sample_value("quota_remaining", {"provider": "low"}) == 0


@pytest.mark.parametrize(
    ("status", "level"), [(200, "info"), (400, "warning"), (500, "warning"), (401, "error")]
)
async def test_levels(make_caller, lines, status, level) -> None:
    """What only a person can mend is an error, other failures are warnings."""
    caller = make_caller(lambda request: httpx.Response(status, json={}), Policy(attempts=1))
    with contextlib.suppress(errors.AdapterError):
        await caller.call(GET, lambda answer: None)
    assert read(lines)[-1]["level"] == level


async def test_a_cancelled_call_is_told_as_such(make_caller, lines) -> None:
    """A call whose caller went away is counted as cancelled, not as a success."""

    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        return httpx.Response(200)

    task = asyncio.create_task(make_caller(hang, name="gone").call(GET, lambda answer: None))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert read(lines)[-1]["event"] == "adapter_call_cancelled"
    labels = {"provider": "gone", "status": "cancelled"}
    assert REGISTRY.get_sample_value("adapter_calls_total", labels) == 1
