"""Messages that did not arrive: dead handles, one more try, stops of the carrier, people paged."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from conversations.vocabulary.messages import Failure, Receipt
from integrations.kit.errors import HandleUnreachable, Unauthorised
from integrations.twilio.errors_table import NumberBad, meaning_of


def receipt(house: Any, code: str | None, status: str = "undelivered", nth: int = -1) -> Receipt:
    """Return the receipt of a message sent, as Twilio's parser reads it."""
    message = house.messenger.sent[nth]
    number = f"SM{house.messenger.sent.index(message) + 1}"
    if code is None:
        return Receipt("twilio", number, message.intent, status)
    meaning = meaning_of(code)
    more = (meaning.action, meaning.after_s, meaning.alert)
    return Receipt("twilio", number, message.intent, status, code, *more)


async def notice(house: Any, text: str = "notice") -> None:
    """Have something happen in the only conversation that is texted without being asked."""
    from bot.storage import inbox

    (conversation,) = (row[0] for row in await house.rows("SELECT id FROM conversations"))
    count = (await house.rows("SELECT count(*) FROM inbox"))[0][0]
    data = {"kind": "status_changed", "data": {"number": text}}
    event = inbox.NewEvent(conversation, "happened", f"n{count}", data, "t")
    now = round(house.shell.clock.now().timestamp() * 1000)
    await house.shell.storage.write(lambda c: inbox.add(c, house.shell.vault, [event], now))
    await house.work()


async def unreachable(house: Any) -> list[Any]:
    """Return why residents are not reached."""
    rows = await house.rows("SELECT unreachable_reason FROM residents WHERE unreachable_at > 0")
    return [row[0] for row in rows]


async def test_a_refused_number_gets_nothing_more_until_it_writes(house: Any) -> None:
    """A number refused as bad is left alone by later notices; its next text opens it again."""
    house.messenger.before = [NumberBad("twilio", "send", status=400, detail="21614")]
    await house.hear("hello")
    await house.work()
    assert await unreachable(house) == ["21614"]
    await notice(house)
    assert house.messenger.texts() == []
    states = await house.rows("SELECT state, error_code FROM outbox ORDER BY id")
    assert states == [("suppressed", "unreachable")] * 2
    assert await house.rows("SELECT count(*) FROM dead_letters") == [(0,)]
    await house.hear("are you there")
    await house.work()
    assert house.messenger.texts() == ["are you there"]
    assert await unreachable(house) == []


async def test_any_channels_dead_handle_is_known(house: Any) -> None:
    """What another provider's adapter calls unreachable is kept the same way, by its label."""
    house.messenger.before = [HandleUnreachable("twilio", "send", status=550)]
    await house.hear("hello")
    await house.work()
    assert await unreachable(house) == ["unreachable_handle"]


async def test_a_receipt_says_that_a_number_is_bad(house: Any) -> None:
    """A landline found out by its receipt drops what waits, and a repeat of it changes nothing."""
    await house.hear("hello")
    await house.work()
    await house.hear("remind 60")  # its answer waits in the outbox
    rows = await house.rows("SELECT id FROM conversations")
    await house.turns.take(rows[0][0])
    accept = house.shell.intake.accept_receipt
    assert await accept(receipt(house, "30006"))
    assert not await accept(receipt(house, "30006"))
    await house.work()
    assert house.messenger.texts() == ["hello"]
    assert await unreachable(house) == ["30006"]


async def test_an_unknown_number_is_believed_the_second_time(house: Any) -> None:
    """30005 once may be a slip; twice in a row is the truth; a delivered text clears the doubt."""
    accept = house.shell.intake.accept_receipt
    await house.hear("hello")
    await house.work()
    await accept(receipt(house, "30005"))
    await notice(house, "1")
    await accept(receipt(house, None, "delivered"))
    await notice(house, "2")
    await accept(receipt(house, "30005"))
    assert await unreachable(house) == []
    await notice(house, "3")
    await accept(receipt(house, "30005"))
    assert await unreachable(house) == ["30005"]
    await notice(house, "4")
    assert house.messenger.texts()[-1] == "status_changed 3"


@pytest.mark.parametrize(("code", "after_s"), [("30003", 45 * 60), ("30008", 15 * 60)])
async def test_a_handset_that_is_off_is_tried_once_more(
    house: Any, clock: Any, code: str, after_s: int
) -> None:
    """The same text goes once more after its while, and not a third time."""
    accept = house.shell.intake.accept_receipt
    await house.hear("hello")
    await house.work()
    await accept(receipt(house, code))
    clock.advance(after_s - 5)
    await house.work()
    assert house.messenger.texts() == ["hello"]
    clock.advance(10)
    await house.work()
    assert house.messenger.texts() == ["hello", "hello"]
    await accept(receipt(house, code))
    clock.advance(2 * after_s)
    await house.work()
    assert house.messenger.texts() == ["hello", "hello"]


async def test_what_is_no_longer_true_is_not_tried_again(house: Any, clock: Any) -> None:
    """A reply whose resident has written since, and one overtaken by a later one, stay unsent."""
    accept = house.shell.intake.accept_receipt
    await house.hear("first")
    await house.work()
    await accept(receipt(house, "30003"))
    await house.hear("second")
    await house.work()
    await house.hear("third")
    await house.work()
    await accept(receipt(house, "30003", nth=1))  # the third is later than the second
    clock.advance(2 * 3600)
    await house.work()
    assert house.messenger.texts() == ["first", "second", "third"]


async def test_spam_is_not_repeated_and_told(house: Any, clock: Any) -> None:
    """A filtered text is never sent again; those who operate the service hear of it."""
    await house.hear("hello")
    await house.work()
    with capture_logs() as logs:
        await house.shell.intake.accept_receipt(receipt(house, "30007"))
    assert [(line["event"], line["error_code"]) for line in logs] == [
        ("message_not_delivered", "30007")
    ]
    clock.advance(3600)
    await house.work()
    assert house.messenger.texts() == ["hello"]


async def test_our_own_set_up_pages_a_person(house: Any) -> None:
    """A wrong key at sending and an unregistered number in a receipt are errors with their code."""
    house.messenger.before = [Unauthorised("twilio", "send", status=401, detail="20003")]
    with capture_logs() as logs:
        await house.hear("hello")
        await house.work()
        await house.hear("hello again")
        await house.work()
        await house.shell.intake.accept_receipt(receipt(house, "30034"))
    paged = [line["error_code"] for line in logs if line["event"] == "operator_needed"]
    assert paged == ["20003", "30034"]
    assert await house.rows("SELECT error_code FROM dead_letters") == [("upstream_rejected",)]


async def test_a_carriers_stop_in_a_receipt_is_a_stop(house: Any) -> None:
    """A receipt that says the number is on the stop list opts the resident out."""
    await house.hear("hello")
    await house.work()
    late = receipt(house, "21610", "failed")
    assert late.failure is Failure.OPTED_OUT
    await house.shell.intake.accept_receipt(late)
    await house.hear("anybody there")
    await house.work()
    assert house.messenger.texts() == ["hello"]
