"""The poller: several requests in one call where the city can, singly where it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.chores import poll_status
from conversations.vocabulary.requests import RequestStatus
from integrations.kit.dto import ServiceRequestDTO
from integrations.kit.errors import QuotaSpent, ServerFailed


@pytest.fixture
async def filed(house: Any, clock: Any) -> list[str]:
    """Five filed requests of five residents, all of them due."""
    for index in range(5):
        await house.hear(f"submit place {index}", number=f"+171855501{index:02}")
        await house.work()
    clock.advance(3601)
    return [f"NYC311-000{index}" for index in range(1, 6)]


def let_batch(house: Any, monkeypatch: Any, *fails: Exception) -> list[tuple[str, list[str]]]:
    """Let the city answer about three at once; return what it is asked. Unknown: number 2."""
    asked: list[tuple[str, list[str]]] = []
    errors = list(fails)

    async def statuses(numbers: Sequence[str], *, purpose: str) -> dict[str, ServiceRequestDTO]:
        asked.append((purpose, list(numbers)))
        if errors:
            raise errors.pop(0)
        closed = RequestStatus.CLOSED
        return {
            number: ServiceRequestDTO(external_id=number, external_status="x", status=closed)
            for number in numbers
            if number != "NYC311-0002"
        }

    monkeypatch.setattr(house.requests, "batch", 3, raising=False)
    monkeypatch.setattr(house.requests, "statuses", statuses, raising=False)
    return asked


def told(house: Any) -> list[str]:
    """Return the numbers whose change was told."""
    texts = house.messenger.texts()
    return sorted(text.split()[-1] for text in texts if text.startswith("status_changed"))


async def test_several_are_asked_about_at_once(
    house: Any, filed: list[str], monkeypatch: Any
) -> None:
    """Five requests take two calls of three, for the poller's purpose; each change is told."""
    asked = let_batch(house, monkeypatch)
    await poll_status.run(house.shell)
    await house.work()
    assert asked == [("poller", filed[:3]), ("poller", filed[3:])]
    assert house.requests.asked == []
    assert told(house) == [number for number in filed if number != "NYC311-0002"]


async def test_a_batch_that_fails_is_asked_singly(
    house: Any, filed: list[str], monkeypatch: Any
) -> None:
    """Where the call for several does not work, each is asked about by itself."""
    asked = let_batch(house, monkeypatch, ServerFailed("nyc311", "status_batch", status=500))
    monkeypatch.setattr(house.requests, "status", _closed(house))
    await poll_status.run(house.shell)
    await house.work()
    assert len(asked) == 2
    assert house.requests.asked == ["poller"] * 3
    assert told(house) == filed


def _closed(house: Any) -> Any:
    async def status(number: str, *, purpose: str) -> ServiceRequestDTO:
        house.requests.asked.append(purpose)
        closed = RequestStatus.CLOSED
        return ServiceRequestDTO(external_id=number, external_status="x", status=closed)

    return status


async def test_a_spent_quota_ends_the_round(house: Any, filed: list[str], monkeypatch: Any) -> None:
    """No single calls are tried after "not sent"; everything stays due."""
    asked = let_batch(house, monkeypatch, QuotaSpent("nyc311", "status_batch"))
    await poll_status.run(house.shell)
    assert len(asked) == 1
    assert house.requests.asked == []
    due = await house.rows("SELECT count(*) FROM service_requests WHERE polls = 0")
    assert due == [(5,)]


async def test_a_defect_in_a_batch_puts_it_off(
    house: Any, filed: list[str], monkeypatch: Any
) -> None:
    """The batch that breaks is asked again in its time; the next one is looked at."""
    let_batch(house, monkeypatch, RuntimeError("a defect"))
    await poll_status.run(house.shell)
    await house.work()
    assert told(house) == filed[3:]
    assert await house.rows("SELECT count(*) FROM service_requests WHERE polls = 0") == [(0,)]
