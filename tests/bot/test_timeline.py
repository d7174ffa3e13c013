"""The timeline: every thing that happens to a request leaves one entry, with what it records."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chores import poll_status
from bot.storage import timeline
from bot.storage.timeline import Entry, Kind
from conversations.vocabulary.messages import Receipt
from conversations.vocabulary.requests import RequestStatus
from integrations.kit.dto import HandOffDTO
from integrations.kit.errors import Rejected, ServerFailed, TimedOut


async def entries(house: Any) -> list[Entry]:
    """Return the timeline of the only request."""
    ((request_id,),) = await house.rows("SELECT id FROM service_requests")
    vault = house.shell.vault
    found: list[Entry] = await house.shell.storage.read(
        lambda c: timeline.read(c, vault, request_id)
    )
    return found


async def kinds(house: Any) -> list[str]:
    """Return what happened to the only request, in order."""
    return [entry.kind.value for entry in await entries(house)]


async def test_a_filed_request_tells_its_whole_way(house: Any, clock: Any) -> None:
    """Received, sent, confirmed, told; then each status change with the city's words."""
    await house.hear("submit here")
    await house.work()
    clock.advance(3601)
    house.requests.statuses["NYC311-0001"] = RequestStatus.CLOSED
    await poll_status.run(house.shell)
    await house.work()
    found = await entries(house)
    assert [entry.kind for entry in found] == [
        Kind.RECEIVED, Kind.SENT, Kind.CONFIRMED, Kind.TOLD, Kind.STATUS, Kind.TOLD,
    ]  # fmt: skip
    assert found[2].data == {"number": "NYC311-0001"}
    assert found[4].data == {"status": "Closed", "resolution": None}
    assert found[4].at - found[2].at >= 3601 * 1000


@pytest.mark.parametrize(
    ("fails", "ends"),
    [
        ("after", ["received", "sent", "in_doubt", "told"]),
        ("before", ["received", "sent", "refused", "told"]),
    ],
)
async def test_a_filing_that_fails_says_how(house: Any, fails: str, ends: list[str]) -> None:
    """A filing in doubt and a refused one are recorded as what they are."""
    error = Rejected("nyc311", "submit", status=422)
    if fails == "after":
        house.requests.after = [ServerFailed("nyc311", "submit", status=500)]
    else:
        house.requests.before = [error]
    await house.hear("submit here")
    await house.work()
    assert await kinds(house) == ends


async def test_a_hand_off_is_no_sending(house: Any, monkeypatch: Any) -> None:
    """A report that the resident must file was handed off; nothing says that it was sent."""

    async def hand_off(_draft: Any) -> HandOffDTO:
        return HandOffDTO(text="Pothole", link="https://portal.example")

    monkeypatch.setattr(house.requests, "submit", hand_off)
    await house.hear("submit here")
    await house.work()
    assert await kinds(house) == ["received", "handed_off", "told"]


async def test_told_only_when_the_provider_took_it(house: Any, clock: Any) -> None:
    """A text in doubt is not told yet; its receipt proves that it was."""
    await house.hear("submit here")
    house.messenger.after = [TimedOut("twilio", "send")]
    await house.work()
    assert await kinds(house) == ["received", "sent", "confirmed"]
    intent = house.messenger.sent[0].intent
    await house.shell.intake.accept_receipt(Receipt("twilio", "SM1", intent, "delivered"))
    assert await kinds(house) == ["received", "sent", "confirmed", "told"]


async def test_a_resident_who_said_stop_is_not_told(house: Any) -> None:
    """What is suppressed after a stop leaves no entry that claims otherwise."""
    await house.hear("submit here")
    await house.hear("please stop texting")
    await house.work()
    assert "told" not in await kinds(house)
