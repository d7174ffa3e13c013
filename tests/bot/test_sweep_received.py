"""The sweep: what the door never saw is taken in once, and nothing that is not ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.chores import sweep_received
from conversations.vocabulary.handles import Handle, tel
from conversations.vocabulary.messages import InboundMessage, Media
from integrations.kit.dto import ReceivedMessageDTO
from integrations.kit.errors import QuotaSpent, ServerFailed
from tests.bot.conftest import OFFICE, FakeMessenger


@dataclass
class Listing(FakeMessenger):
    """A messenger whose provider has a list."""

    listed: list[ReceivedMessageDTO] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)

    async def list_received(self, recipient: Handle, since: datetime) -> list[ReceivedMessageDTO]:
        """Return what the test put there."""
        assert recipient == OFFICE
        self.asked.append(since)
        if self.fails:
            raise self.fails.pop(0)
        return [item for item in self.listed if item.message.received_at >= since]

    async def read_received(self, found: ReceivedMessageDTO) -> InboundMessage:
        """Return the message, unless its attachments are to fail."""
        if found.files:
            raise ServerFailed("twilio", "list_media", status=500)
        return found.message


@pytest.fixture
async def listing(house: Any, clock: Any) -> Listing:
    """The list of a city that a first resident wrote to an hour ago."""
    messenger = Listing()
    house.shell.messengers["twilio"] = house.messenger = messenger
    house.shell.outbox._messengers["twilio"] = messenger
    await house.hear("first", sid="SM-first", number="+17185550199")
    await house.work()
    clock.advance(3600)
    return messenger


def received(clock: Any, sid: str, text: str, minutes: float, **more: Any) -> ReceivedMessageDTO:
    """Return a message of so many minutes ago."""
    files = more.pop("files", 0)
    message = InboundMessage(
        provider="twilio", provider_message_id=sid, channel="sms", recipient=OFFICE, text=text,
        sender=tel("+17185550100"), received_at=clock.now() - timedelta(minutes=minutes), **more,
    )  # fmt: skip
    return ReceivedMessageDTO(message=message, files=files)


async def test_what_never_reached_us_is_taken_in_once(
    house: Any, clock: Any, listing: Listing
) -> None:
    """In its order, answered, and known when its webhook comes after all."""
    listing.listed = [received(clock, f"SM{n}", f"text {n}", 30 - n) for n in range(3)]
    await house.hear("text 1", sid="SM1")
    for _ in range(2):
        await sweep_received.run(house.shell)
        await house.work()
    assert not (await house.hear("text 2", sid="SM2")).new
    assert await house.rows("SELECT count(*) FROM inbox") == [(4,)]
    assert house.messenger.texts()[0] == "first"
    assert sorted(" / ".join(house.messenger.texts()[1:]).split(" / ")) == [
        "text 0", "text 1", "text 2",
    ]  # fmt: skip


async def test_a_lost_stop_is_a_stop(house: Any, clock: Any, listing: Listing) -> None:
    """STOP whose webhook was lost holds as soon as it is found."""
    await house.hear("hello")
    listing.listed = [received(clock, "SM9", "STOP", 10)]
    await sweep_received.run(house.shell)
    await house.work()
    assert house.messenger.texts() == ["first"]


async def test_what_is_on_its_way_and_what_was_before_us_is_left_alone(
    house: Any, clock: Any, listing: Listing
) -> None:
    """A text of a moment ago, and those from before our first resident, are not taken in."""
    listing.listed = [
        received(clock, "SMold", "for somebody else", 90),
        received(clock, "SMnew", "just now", 1),
    ]
    await sweep_received.run(house.shell)
    assert await house.rows("SELECT count(*) FROM inbox") == [(1,)]
    assert listing.asked == [clock.now() - timedelta(minutes=60)]
    clock.advance(48 * 3600)
    await sweep_received.run(house.shell)
    assert listing.asked[-1] == clock.now() - timedelta(hours=24)


async def test_attachments_are_waited_for_an_hour(house: Any, clock: Any, listing: Listing) -> None:
    """While their list fails the text waits; after an hour it is taken in without them."""
    photo = (Media("https://example/1", "image/jpeg"),)
    listing.listed = [received(clock, "SMp", "look", 10, files=1, media=photo)]
    await sweep_received.run(house.shell)
    assert await house.rows("SELECT count(*) FROM inbox") == [(1,)]
    clock.advance(3600)
    await sweep_received.run(house.shell)
    assert await house.rows("SELECT count(*) FROM inbox") == [(2,)]


@pytest.mark.parametrize(
    "error", [QuotaSpent("twilio", "find"), ServerFailed("twilio", "find", status=500)]
)
async def test_a_list_that_fails_is_asked_for_next_time(
    house: Any, clock: Any, listing: Listing, error: Exception
) -> None:
    """A spent quota or a provider in trouble ends the sweep without harm."""
    listing.listed = [received(clock, "SM7", "text", 10)]
    listing.fails = [error]
    await sweep_received.run(house.shell)
    assert await house.rows("SELECT count(*) FROM inbox") == [(1,)]
    await sweep_received.run(house.shell)
    assert await house.rows("SELECT count(*) FROM inbox") == [(2,)]


async def test_what_is_spooled_comes_first(house: Any, clock: Any, listing: Listing) -> None:
    """While this machine's spool is not drained nothing is swept past it."""
    listing.listed = [received(clock, "SM7", "text", 10)]
    house.shell.spool_dir.mkdir(exist_ok=True)
    (house.shell.spool_dir / "01ARZ3NDEKTSV4RRFFQ69G5FAV.spool").write_bytes(b"")
    await sweep_received.run(house.shell)
    assert listing.asked == []
