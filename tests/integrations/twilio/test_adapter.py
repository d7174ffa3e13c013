"""Sending through Twilio: once, with our intent, and found again when in doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversations.vocabulary.messages import Failure
from conversations.vocabulary.requests import SendOutcome
from integrations.kit import errors
from integrations.kit.ports import Messenger
from integrations.kit.sandbox.faults import KINDS, Fault
from integrations.twilio.adapter import with_intent
from integrations.twilio.errors_table import (
    MEANINGS,
    MisSetUp,
    NumberBad,
    OptedOut,
    meaning_of,
)


def just_now() -> datetime:
    """Return the start of an attempt."""
    return datetime.now(UTC)


async def test_a_text_is_sent_once(town) -> None:
    """A text goes out with number, words, callback and validity; the phone shows it."""
    assert isinstance(town.adapter, Messenger)
    sent = await town.adapter.send(town.message("Hallo ñ + & ="))
    assert sent.status == "queued"
    entry = town.world.journal.entries("twilio", operation="send")[-1]
    assert entry.request["ValidityPeriod"] == "3600"
    assert entry.request["StatusCallback"] == f"{town.door}/in/twilio/status?intent=out-1"
    assert entry.headers["authorization"] == "***"
    assert [(m["body"], m["mine"]) for m in await town.phone()] == [("Hallo ñ + & =", False)]
    assert town.world.effects == {("twilio", "out-1"): 1}


async def test_receipts_come_with_our_intent(town) -> None:
    """Signed receipts come in order, carrying our own id."""
    sent = await town.adapter.send(town.message())
    await town.until(town.receipts, 2)
    assert [r.status for r in town.receipts] == ["sent", "delivered"]
    assert {r.intent for r in town.receipts} == {"out-1"}
    assert {r.provider_message_id for r in town.receipts} == {sent.provider_message_id}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("commit_then")])
async def test_a_send_in_doubt_is_found_not_repeated(town, kind) -> None:
    """Committed but not answered: one attempt, unknown, and `find` settles it."""
    town.world.faults.add(Fault("twilio", kind, operation="send", seconds=0.3))
    since = just_now()
    with pytest.raises(errors.AdapterError) as caught:
        await town.adapter.send(town.message())
    assert caught.value.outcome is SendOutcome.UNKNOWN
    assert town.world.effects == {("twilio", "out-1"): 1}
    found = await town.adapter.find(town.message(), since)
    assert found is not None
    assert found.provider_message_id.startswith("SM")


async def test_what_never_landed_is_not_found(town) -> None:
    """A send that was lost before the twin did anything is not found."""
    town.world.faults.add(Fault("twilio", "reset", operation="send"))
    since = just_now()
    with pytest.raises(errors.ConnectionLost):
        await town.adapter.send(town.message())
    assert await town.adapter.find(town.message(), since) is None


async def test_find_tells_alike_messages_apart(town) -> None:
    """Another text, another person, or the same text of an earlier day is not it."""
    since = just_now()
    await town.adapter.send(town.message("Where is it?"))
    await town.adapter.send(town.message("Where is it?", to="+12125550199"))
    assert await town.adapter.find(town.message("Other words"), since) is None
    assert await town.adapter.find(town.message("Where is it?"), since) is not None
    later = since + timedelta(days=1)
    assert await town.adapter.find(town.message("Where is it?"), later) is None


async def test_find_turns_pages(town) -> None:
    """A message behind a full page is still found."""
    await town.adapter.send(town.message("First"))
    since = just_now() - timedelta(seconds=5)
    for number in range(105):
        await town.http.post(
            f"{town.base}/2010-04-01/Accounts/{town.world.settings['twilio_account_sid']}"
            "/Messages.json",
            data={"To": "+12125550123", "From": "+19295550311", "Body": f"No. {number}"},
            auth=(
                town.world.settings["twilio_account_sid"],
                town.world.settings["twilio_auth_token"],
            ),
        )
    assert await town.adapter.find(town.message("First"), since) is not None
    assert len(town.world.journal.entries(operation="find")) == 2


@pytest.mark.parametrize(
    ("number", "error", "code"),
    [
        ("+15005550004", OptedOut, "21610"),
        ("+15005550001", NumberBad, "21211"),
        ("+15005550009", NumberBad, "21614"),
        ("+15005550003", errors.Rejected, "21408"),
        ("+15005550010", errors.RateLimited, "21611"),
    ],
)
async def test_magic_numbers_refuse(town, number, error, code) -> None:
    """Each number that cannot be sent to gives the error its code means; nothing was sent."""
    with pytest.raises(error) as caught:
        await town.adapter.send(town.message(to=number))
    assert caught.value.detail == code
    assert caught.value.outcome is SendOutcome.REFUSED
    assert not town.world.effects


async def test_magic_numbers_fail_later(town) -> None:
    """A number that fails after sending does so in its receipt."""
    await town.adapter.send(town.message(to="+15005550013"))
    await town.until(town.receipts, 2)
    assert [(r.status, r.error_code) for r in town.receipts] == [
        ("sent", None),
        ("undelivered", "30003"),
    ]
    assert meaning_of("30003").action is Failure.RETRY_LATER


async def test_a_rate_limit_is_waited_out(town) -> None:
    """At more than one a second Twilio says 429; the send is made again and lands once."""
    await town.switch(rate_limit=True)
    await town.adapter.send(town.message(intent="a"))
    await town.adapter.send(town.message(intent="b"))
    statuses = [entry.status for entry in town.world.journal.entries(operation="send")]
    assert statuses == [201, 429, 201]
    assert dict(town.world.effects) == {("twilio", "a"): 1, ("twilio", "b"): 1}


async def test_a_wrong_key_pages_somebody(town) -> None:
    """A wrong key is refused as such, and an unregistered number as our own set-up."""
    town.world.settings["twilio_auth_token"] = "another"
    with pytest.raises(errors.Unauthorised):
        await town.adapter.send(town.message())
    assert issubclass(MisSetUp, errors.Refused)
    assert meaning_of("30034").action is Failure.PAGE


def test_every_number_of_the_contract_has_a_meaning() -> None:
    """All numbers of messaging.md 1.7 are known; an unknown one is given up and told."""
    codes = """
        21610 21211 21614 21635 21408 21612 21611 30001 30036 20429 20003 30003 30004 30005
        30006 30007 30008 30034 30450 30610 30640 11200 11205 12300 57012
    """
    assert set(codes.split()) == set(MEANINGS)
    assert meaning_of("99999").alert
    assert meaning_of(None).action is Failure.GIVE_UP


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://c.org/s", "https://c.org/s?intent=a%2Fb"),
        ("https://c.org/s?x=1", "https://c.org/s?x=1&intent=a%2Fb"),
        ("https://c.org/s#rc=5&rp=all", "https://c.org/s?intent=a%2Fb#rc=5&rp=all"),
        ("https://c.org/s?intent=a%2Fb", "https://c.org/s?intent=a%2Fb"),
    ],
)
def test_the_callback_carries_the_intent(url, expected) -> None:
    """Our id stands in the query, before Twilio's connection overrides."""
    assert with_intent(url, "a/b") == expected
