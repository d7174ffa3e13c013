"""Delivering: four ends of an attempt, doubts looked up, nothing twice, the stop list read last."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.chores import poll_status, reconcile
from bot.outbox import Outbox
from conversations.vocabulary.requests import RequestStatus
from integrations.kit.errors import RateLimited, Rejected, ServerFailed, TimedOut, Unreachable
from integrations.twilio.errors_table import OptedOut


def patient_outbox(house: Any, **more: Any) -> Outbox:
    """Return another worker's outbox."""
    shell = house.shell
    return Outbox(
        storage=shell.storage, vault=shell.vault, wakes=shell.wakes, clock=shell.clock,
        deeds=shell.deeds, messengers=shell.messengers, callback_url={}, **more,
    )  # fmt: skip


async def test_not_sent_is_tried_again(house: Any, clock: Any) -> None:
    """A refused connection is put off and sent later, once."""
    house.messenger.before = [Unreachable("twilio", "send")] * 2
    await house.hear("hello")
    await house.work()
    assert house.messenger.texts() == []
    for _ in range(3):
        clock.advance(60)
        await house.work()
    assert house.messenger.texts() == ["hello"]


async def test_a_send_refused_for_its_pace_is_sent_later(house: Any, clock: Any) -> None:
    """A 429 that outlived the adapter's own tries puts the message off; it is no dead letter."""
    house.messenger.before = [RateLimited("twilio", "send", status=429, retry_after=30)]
    await house.hear("hello")
    await house.work()
    assert house.messenger.texts() == []
    clock.advance(31)
    await house.work()
    assert house.messenger.texts() == ["hello"]
    assert await house.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_send_in_doubt_is_looked_up(house: Any, clock: Any) -> None:
    """A text that was taken before the time-out is found and not sent again."""
    house.messenger.after = [TimedOut("twilio", "send")]
    await house.hear("hello")
    await house.work()
    assert await house.rows("SELECT state FROM outbox") == [("unknown",)]
    await reconcile.run(house.shell)
    assert await house.rows("SELECT state FROM outbox") == [("unknown",)]
    clock.advance(61)
    await reconcile.run(house.shell)
    await house.work()
    assert house.messenger.texts() == ["hello"]
    assert await house.rows("SELECT state FROM outbox") == [("done",)]


async def test_a_send_in_doubt_that_never_arrived_is_sent(house: Any, clock: Any) -> None:
    """A text that the provider surely does not have is sent again."""
    house.messenger.before = [ServerFailed("twilio", "send", status=500)]
    await house.hear("hello")
    await house.work()
    clock.advance(61)
    await reconcile.run(house.shell)
    await house.work()
    assert house.messenger.texts() == ["hello"]


async def test_a_doubt_that_cannot_be_looked_up_waits_for_a_report(house: Any, clock: Any) -> None:
    """Where nothing can be looked up nothing is sent again; an hour later a person gets it."""
    house.messenger.can_find = False
    house.messenger.before = [ServerFailed("sendgrid", "send", status=500)]
    await house.hear("hello")
    await house.work()
    for minutes in (2, 50):
        clock.advance(minutes * 60)
        await reconcile.run(house.shell)
        await house.work()
        assert await house.rows("SELECT state FROM outbox") == [("unknown",)]
    clock.advance(9 * 60)
    await reconcile.run(house.shell)
    await house.work()
    assert house.messenger.texts() == []
    assert await house.rows("SELECT state FROM outbox") == [("dead",)]
    assert await house.rows("SELECT error_code FROM dead_letters") == [("doubt",)]


async def test_a_report_settles_a_doubt_that_cannot_be_looked_up(house: Any, clock: Any) -> None:
    """An event that echoes our intent proves the mail, and no person is bothered."""
    from conversations.vocabulary.messages import Receipt

    house.messenger.can_find = False
    house.messenger.after = [TimedOut("sendgrid", "send")]
    await house.hear("hello")
    await house.work()
    clock.advance(70)
    await reconcile.run(house.shell)
    intent = house.messenger.sent[0].intent
    assert await house.shell.intake.accept_receipt(Receipt("sendgrid", "abc", intent, "delivered"))
    clock.advance(2 * 3600)
    await reconcile.run(house.shell)
    await house.work()
    assert house.messenger.texts() == ["hello"]
    assert await house.rows("SELECT state FROM outbox") == [("done",)]
    assert await house.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_refused_send_becomes_a_dead_letter(house: Any, redis: Any) -> None:
    """What the provider will never take is kept for a person and indexed in Redis."""
    house.messenger.before = [Rejected("twilio", "send", status=400, detail="21211")]
    await house.hear("hello")
    await house.work()
    assert await house.rows("SELECT provider, error_code FROM dead_letters") == [
        ("twilio", "upstream_rejected")
    ]
    assert await redis.llen("dlq:twilio") == 1


async def test_the_carriers_stop_list_is_a_stop(house: Any) -> None:
    """Twilio's 21610 opts the resident out here too, and is no dead letter."""
    house.messenger.before = [OptedOut("twilio", "send", status=400, detail="21610")]
    await house.hear("hello")
    await house.work()
    await house.hear("hello?")
    await house.work()
    assert house.messenger.texts() == []
    assert await house.rows("SELECT actor FROM consents") == [("provider",)]
    assert await house.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_submission_in_doubt_is_never_sent_again(house: Any, clock: Any) -> None:
    """A 500 after filing leaves one report, tells the resident once, and a person gets it."""
    house.requests.after = [ServerFailed("nyc311", "submit", status=500)]
    await house.hear("submit 123 Broadway")
    await house.work()
    for _ in range(4):
        clock.advance(3700)
        await house.shell.sweeper().sweep()
        await reconcile.run(house.shell)
        await house.work()
    assert len(house.requests.filed) == 1
    assert [text for text in house.messenger.texts() if "unconfirmed" in text] == [
        "filing_unconfirmed "
    ]
    assert await house.rows("SELECT reason FROM hand_overs") == [("filing_unconfirmed",)]
    assert await house.rows("SELECT status, filing FROM service_requests") == [
        ("Pending external", "unconfirmed")
    ]


async def test_a_refused_submission_is_told(house: Any) -> None:
    """A 422 ends in a dead letter and a plain word to the resident."""
    house.requests.before = [Rejected("nyc311", "submit", status=422)]
    await house.hear("submit here")
    await house.work()
    assert house.messenger.texts()[-1].startswith("filing_refused")
    assert await house.rows("SELECT provider FROM dead_letters") == [("nyc311",)]


async def test_a_worker_killed_while_filing_leaves_a_doubt(house: Any, clock: Any) -> None:
    """A row found in `sending` after its lease is unknown, told as such, and not filed again."""
    await house.hear("submit here")
    rows = await house.rows("SELECT id FROM conversations")
    await house.turns.take(rows[0][0])
    await house.change("UPDATE outbox SET state='sending', lease_until=1, attempt_id='dead'")
    await house.shell.sweeper().sweep()
    await reconcile.run(house.shell)
    await house.work()
    assert house.requests.filed == []
    assert "filing_unconfirmed " in house.messenger.texts()


async def test_two_workers_send_once(house: Any) -> None:
    """Many deliveries of the same row at once make one attempt."""
    await house.hear("hello")
    rows = await house.rows("SELECT id FROM conversations")
    await house.turns.take(rows[0][0])
    (row,) = (row[0] for row in await house.rows("SELECT id FROM outbox"))
    other = patient_outbox(house)
    await asyncio.gather(*(o.deliver(row) for o in [house.shell.outbox, other] * 5))
    assert house.messenger.texts() == ["hello"]


async def test_a_frozen_worker_does_not_send(house: Any, monkeypatch: Any) -> None:
    """A worker whose lease ran down between claim and send gives up the attempt."""
    await house.hear("hello")
    rows = await house.rows("SELECT id FROM conversations")
    await house.turns.take(rows[0][0])
    (row,) = (row[0] for row in await house.rows("SELECT id FROM outbox"))
    frozen = patient_outbox(house, lease_s=0.2, margin_s=0.2)
    await frozen.deliver(row)
    assert house.messenger.texts() == []
    await asyncio.sleep(0.25)
    await house.shell.sweeper().sweep()
    assert await house.rows("SELECT state FROM outbox") == [("unknown",)]


async def test_a_late_text_is_dropped(house: Any, clock: Any) -> None:
    """What is useless by now is buried, not sent."""
    house.messenger.before = [Unreachable("twilio", "send")]
    await house.hear("hello")
    await house.work()
    clock.advance(5 * 3600)
    await house.work()
    assert house.messenger.texts() == []
    assert await house.rows("SELECT error_code FROM dead_letters") == [("expired",)]


async def test_a_receipt_proves_a_send_in_doubt(house: Any) -> None:
    """A callback that carries our intent settles the doubt; repeats and older words do nothing."""
    from conversations.vocabulary.messages import Receipt

    house.messenger.after = [TimedOut("twilio", "send")]
    await house.hear("hello")
    await house.work()
    intent = house.messenger.sent[0].intent
    accept = house.shell.intake.accept_receipt
    assert await accept(Receipt("twilio", "SM1", intent, "delivered"))
    assert not await accept(Receipt("twilio", "SM1", intent, "delivered"))
    assert not await accept(Receipt("twilio", "SM1", "", "sent"))
    assert not await accept(Receipt("twilio", "SMother", "", "sent"))
    assert await house.rows("SELECT state FROM outbox") == [("done",)]


async def test_a_status_change_is_texted(house: Any, clock: Any) -> None:
    """The poller asks for purpose `poller`, tells a change once, and ends when it is closed."""
    await house.hear("submit here")
    await house.work()
    clock.advance(3601)
    house.requests.statuses["NYC311-0001"] = RequestStatus.CLOSED
    for _ in range(3):
        await poll_status.run(house.shell)
        await house.work()
        clock.advance(3601)
    assert house.requests.asked == ["poller"]
    assert house.messenger.texts()[-1] == "status_changed NYC311-0001"
    assert house.messenger.texts().count("status_changed NYC311-0001") == 1


async def test_one_odd_request_does_not_stop_the_poller(house: Any, clock: Any) -> None:
    """A request whose look breaks, and one whose row does not open, leave the others looked at."""
    for index in range(3):
        await house.hear(f"submit place {index}", number=f"+171855501{index:02}")
        await house.work()
    clock.advance(3601)
    real = house.requests.status

    async def status(number: str, **more: Any) -> Any:
        if number == "NYC311-0001":
            raise RuntimeError("a defect")
        return await real(number, **more)

    house.requests.status = status
    await house.change(
        "UPDATE service_requests SET report_box = (SELECT handle_box FROM residents LIMIT 1)"
        " WHERE number = 'NYC311-0002'"
    )
    house.requests.statuses["NYC311-0003"] = RequestStatus.CLOSED
    await poll_status.run(house.shell)
    await house.work()
    assert house.messenger.texts()[-1] == "status_changed NYC311-0003"
    due = await house.rows(
        "SELECT number FROM service_requests WHERE next_poll_at <= "
        f"{round(clock.now().timestamp() * 1000)}"
    )
    assert due == [("NYC311-0002",)]  # no row of the broken look: it is asked again in its time


JPEG = (
    b"\xff\xd8" + b"\xff\xe1\x00\x0cExif\x00\x00GPS!" + b"\xff\xdb\x00\x04ab" + b"\xff\xda picture"
)


async def test_photos_are_kept_without_metadata(house: Any) -> None:
    """An attachment is fetched, stripped, sealed and goes with the report by its id."""
    house.media.content["https://m/1"] = JPEG
    await house.hear("submit here", media=["https://m/1"])
    await house.work()
    (photo,) = house.requests.filed[0].photo_links or await house.rows("SELECT id FROM photos")
    content = await house.shell.photos.read(photo[0])
    assert content == b"\xff\xd8\xff\xdb\x00\x04ab\xff\xda picture"
    assert await house.rows("SELECT state, content_type FROM photos") == [("kept", "image/jpeg")]


@pytest.mark.parametrize(
    ("content", "told"),
    [(Rejected("twilio", "media", status=404), "media_failed"), (b"video", "media_refused")],
)
async def test_photos_that_cannot_be_kept_are_told(house: Any, content: Any, told: str) -> None:
    """A URL that fails and a file that is no photo are told once, and the report goes on."""
    house.media.content = {"https://m/1": content, "https://m/2": content}
    await house.hear("submit here", media=["https://m/1", "https://m/2"])
    await house.work()
    assert len(house.requests.filed) == 1
    assert sum(told in text for text in house.messenger.texts()) == 1
