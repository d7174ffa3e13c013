"""Twilio's list of what came in: every page, the city's number only, attachments asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversations.vocabulary.handles import tel
from integrations.kit import errors
from integrations.kit.ports import ListsReceived
from integrations.kit.sandbox.faults import Fault
from integrations.twilio import received

CITY = "+19295550311"


async def test_what_came_in_is_listed_oldest_first(town, monkeypatch) -> None:
    """Lost texts stand in the list with sender, words and time; what we sent does not."""
    assert isinstance(town.adapter, ListsReceived)
    monkeypatch.setattr(received, "PAGE_SIZE", 2)
    since = datetime.now(UTC) - timedelta(minutes=1)
    for number in range(5):
        await town.text(body=f"No. {number}", lost=True)
    await town.adapter.send(town.message("an answer"))
    await town.text(body="elsewhere", to="+19295550999", lost=True)
    listed = await town.adapter.list_received(tel(CITY), since)
    assert [item.message.text for item in listed] == [f"No. {n}" for n in range(5)]
    assert {item.message.sender for item in listed} == {"tel:+12125550123"}
    assert len(town.world.journal.entries(operation="find")) == 3
    assert town.texts == []
    later = datetime.now(UTC) + timedelta(days=2)
    assert await town.adapter.list_received(tel(CITY), later) == []


async def test_attachments_are_asked_for_and_can_be_fetched(town) -> None:
    """A lost photo is as the webhook would have brought it, and is found at its address."""
    await town.text(body="look", media=[{"sample": "photo"}], lost=True)
    since = datetime.now(UTC) - timedelta(minutes=1)
    [item] = await town.adapter.list_received(tel(CITY), since)
    assert item.files == 1
    message = await town.adapter.read_received(item)
    assert [media.content_type for media in message.media] == ["image/png"]
    assert (await town.media.fetch(message.media[0].url)).content_type == "image/png"


async def test_half_a_list_is_none(town, monkeypatch) -> None:
    """A page that fails, or more pages than are read, gives an error and not a part."""
    monkeypatch.setattr(received, "PAGE_SIZE", 1)
    monkeypatch.setattr(received, "MAX_PAGES", 2)
    since = datetime.now(UTC) - timedelta(minutes=1)
    for number in range(3):
        await town.text(body=f"No. {number}", lost=True)
    with pytest.raises(errors.Unreadable):
        await town.adapter.list_received(tel(CITY), since)
    town.world.faults.add(Fault("twilio", "status", operation="find", status=500, times=0))
    with pytest.raises(errors.AdapterError):
        await town.adapter.list_received(tel(CITY), since)
