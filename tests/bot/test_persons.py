"""One person at several handles: one list of requests, one ledger of consent."""

from __future__ import annotations

from typing import Any

from bot.looks import Patience
from bot.storage import consents, persons, residents, service_requests
from conversations.vocabulary.effects import Look
from conversations.vocabulary.handles import mailto, tel
from tests.bot.conftest import House
from tests.bot.mailing import JANE, open_mail_house

PHONE = "+17185550100"


async def _link(house: House) -> tuple[str, str]:
    """Let the phone and Jane's mailbox be one person; return their residents."""

    def change(connection: Any) -> tuple[str, str]:
        vault = house.shell.vault
        found = residents.find_or_open(connection, vault, [tel(PHONE), mailto(JANE)], 1)
        phone, mail = found[tel(PHONE)].id, found[mailto(JANE)].id
        persons.link(connection, [phone, mail])
        return phone, mail

    return await house.shell.storage.write(change)


async def _look(house: House, name: str, resident: str, **args: Any) -> Any:
    return await house.shell.looks.answer(Look("k", name, args), "nyc", resident, Patience.begin())


async def test_requests_are_found_from_every_handle_of_the_person(house: House) -> None:
    """What was filed by text is listed and found by mail too; a stranger finds nothing."""
    _, mail = await _link(house)
    await house.hear("submit here", PHONE)
    await house.work()
    listed = await _look(house, "my_requests", mail)
    assert [row["number"] for row in listed["requests"]] == ["NYC311-0001"]
    found = await _look(house, "request", mail, number="nyc311-0001")
    assert found["request"]["place_label"] == "here"
    await house.hear("hello", "+17185550199")
    stranger = (await house.rows("SELECT id FROM residents ORDER BY id DESC LIMIT 1"))[0].id
    assert await _look(house, "request", stranger, number="NYC311-0001") == {"request": None}


async def test_the_same_report_by_text_and_mail_is_one_flight(house: House, tmp_path: Any) -> None:
    """The same problem at the same place within minutes is filed once, whatever it came by."""
    await _link(house)
    desk = open_mail_house(house, tmp_path)
    await house.hear("submit here", PHONE)
    await house.work()
    await desk.write("hello")
    city = await desk.reply_address()
    await desk.write("submit here", recipients=(city,))
    assert len(house.requests.filed) == 1


async def test_what_came_before_the_present_holder_is_unknown(house: House) -> None:
    """After a handle began anew its earlier requests are neither listed, found nor told of."""
    phone, _ = await _link(house)
    await house.hear("submit here", PHONE)
    await house.work()
    later = round(house.shell.clock.now().timestamp() * 1000) + 1
    await house.shell.storage.write(lambda c: persons.unlink(c, phone, later))
    assert await _look(house, "my_requests", phone) == {"requests": []}
    assert await _look(house, "request", phone, number="NYC311-0001") == {"request": None}
    request = (await house.rows("SELECT id FROM service_requests"))[0].id
    assert not await house.shell.storage.read(lambda c: service_requests.is_known(c, request))


async def test_a_stop_anywhere_stops_everywhere(house: House) -> None:
    """STOP by text stops the mailbox too, each on record, confirmed by text only."""
    phone, mail = await _link(house)
    await house.hear("please stop texting me", PHONE)
    await house.work()
    stopped = await house.rows("SELECT id FROM residents WHERE opted_out_at IS NOT NULL")
    assert {row.id for row in stopped} == {phone, mail}
    lines = await house.rows("SELECT resident_id, method FROM consents ORDER BY id")
    assert [tuple(row) for row in lines] == [(phone, "free_text"), (mail, consents.LINKED)]
    assert [str(m.recipient) for m in house.messenger.sent] == [f"tel:{PHONE}"]


async def test_a_start_takes_back_what_was_stopped_together(house: House) -> None:
    """START clears its handle and those stopped with it, not one that was stopped by itself."""
    phone, mail = await _link(house)
    await house.hear("please stop texting me", PHONE)
    await house.hear("START", PHONE)
    assert not await house.rows("SELECT id FROM residents WHERE opted_out_at IS NOT NULL")
    await house.change(f"UPDATE residents SET opted_out_at = 5 WHERE id = '{mail}'")
    await house.hear("please stop texting me", PHONE)
    await house.hear("START", PHONE)
    stopped = await house.rows("SELECT id FROM residents WHERE opted_out_at IS NOT NULL")
    assert [row.id for row in stopped] == [mail] != [phone]


async def test_a_start_elsewhere_says_nothing_of_the_carriers_list(house: House) -> None:
    """What the carrier holds is told by what was said at the number itself."""
    phone, mail = await _link(house)
    await house.hear("STOP", PHONE)

    def start(connection: Any) -> bool:
        consents.record(
            connection, house.shell.vault, resident_id=mail, channel="email", topic="all",
            state="in", method="keyword", evidence={}, actor="resident", now=9,
        )  # fmt: skip
        return consents.carrier_holds_stop(connection, phone)

    assert await house.shell.storage.write(start)
    assert not await house.rows("SELECT id FROM residents WHERE opted_out_at IS NOT NULL")


async def test_start_by_mail_turns_notices_on_again(house: House, tmp_path: Any) -> None:
    """After the one click of a mail only notices end; START by mail brings them back, confirmed."""
    desk = open_mail_house(house, tmp_path)
    await desk.write("hello")
    city = await desk.reply_address()
    mail = (await house.rows("SELECT id FROM residents"))[0].id
    vault, storage = house.shell.vault, house.shell.storage
    await storage.write(lambda c: consents.stop_notices(c, vault, mail, "one_click", 7))
    await desk.write("START", recipients=(city,))
    assert desk.last.text == "[consent.started]"
    assert (await house.rows("SELECT notices_off_at FROM residents"))[0].notices_off_at is None


async def test_a_message_is_noted_once_a_day(house: House) -> None:
    """When a phone was heard last is written down, but not with every text; a stop is no sign."""
    await house.hear("hello", PHONE)
    first = (await house.rows("SELECT heard_at FROM residents"))[0].heard_at
    assert first is not None
    await house.hear("hello", PHONE)
    assert (await house.rows("SELECT heard_at FROM residents"))[0].heard_at == first
    await house.change("UPDATE residents SET heard_at = 5")
    await house.hear("STOP", PHONE)
    assert (await house.rows("SELECT heard_at FROM residents"))[0].heard_at == 5
