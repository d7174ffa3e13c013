"""Two who report the same thing, and one person at two handles, over the real flows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chores import poll_status
from bot.deeds.asked import Turn
from bot.deeds.following import note
from bot.storage import persons, residents, timeline
from bot.storage.timeline import Kind
from conversations.vocabulary.handles import mailto, tel
from conversations.vocabulary.requests import RequestStatus
from tests.bot.mail.real import REPORT, RealHouse

BOB = "bob@two.example"
PHONE = "+17185550177"
NEIGHBOUR = "+17185550178"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(20_000)
WORDS = ("", "here is the photo")


async def text(real: RealHouse, words: str, number: str = PHONE, **more: Any) -> str:
    """Text something and return what was said last."""
    real.clock.advance(30)  # faster, it would be taken for a machine
    await real.house.hear(words, number=number, **more)
    await real.house.work()
    return real.sent[-1].text


async def answer(real: RealHouse, words: str, **more: Any) -> str:
    """Answer the newest mail to Bob and return what was said last."""
    await real.write(BOB, words, real.reply_address(BOB), **more)
    return real.sent[-1].text


async def story(real: RealHouse) -> list[Kind]:
    """Return what happened to the one request there is."""
    ((row,),) = await real.house.rows("SELECT id FROM service_requests")
    shell = real.house.shell
    entries = await shell.storage.read(lambda c: timeline.read(c, shell.vault, row))
    return [entry.kind for entry in entries]


async def link(real: RealHouse) -> None:
    """Let Bob's mailbox and phone be one person's, whose news go to the mailbox."""
    await text(real, "thanks")
    await real.write(BOB, "thanks")
    shell = real.house.shell

    def join(connection: Any) -> None:
        known = [residents.find(connection, shell.vault, h) for h in (mailto(BOB), tel(PHONE))]
        ids = [row.id for row in known if row is not None]
        persons.link(connection, ids)
        persons.prefer(connection, ids[0], 1)

    await shell.storage.write(join)


async def part(real: RealHouse) -> None:
    """Let Bob's phone be somebody else's from now on, who knows nothing of what came before."""
    shell = real.house.shell
    now = round(real.clock.now().timestamp() * 1000) + 1

    def leave(connection: Any) -> None:
        phone = residents.find(connection, shell.vault, tel(PHONE))
        assert phone is not None
        persons.unlink(connection, phone.id, now)

    await shell.storage.write(leave)


async def go_on(real: RealHouse) -> None:
    """Let the city begin its work on the first request, and tell of it."""
    real.clock.advance(4 * 3600)
    real.house.requests.statuses["NYC311-0001"] = RequestStatus.IN_PROGRESS
    await poll_status.run(real.house.shell)
    await real.house.work()


async def test_by_mail_the_second_follows_the_first(real: RealHouse) -> None:
    """Who says "1, the same" files nothing and gets a mail of that report; answers add to it."""
    await text(real, REPORT, NEIGHBOUR)
    await text(real, "1", NEIGHBOUR)
    await real.write(BOB, REPORT)
    assert "This was reported today: pothole, 123 Broadway, Brooklyn." in real.sent[-1].text
    told = await answer(real, "1")
    assert "you follow that report now, and I sent no second one" in told
    assert "See your request: https://city.example/r/" in told
    mail = real.sent[-1].mail
    assert mail is not None
    assert "100 block of Broadway" in mail.subject
    assert len(real.house.requests.filed) == 1
    before = (await story(real)).count(Kind.NOTE)
    assert "I added it to the report. Staff can see it." in await answer(real, "it got bigger")
    assert (await story(real)).count(Kind.NOTE) == before + 1
    await real.close_request()
    assert "News on a report you follow" in real.mails_to(BOB)[-1].text


async def test_by_text_the_second_follows_the_first(real: RealHouse) -> None:
    """The same by text: nothing is filed, STATUS lists it, and its end is told."""
    await text(real, REPORT, NEIGHBOUR)
    await text(real, "1", NEIGHBOUR)
    assert "Is it the same one?" in await text(real, REPORT)
    assert "you follow that report now" in await text(real, "1")
    assert "You follow: Pothole, 100 block of Broadway" in await text(real, "status")
    assert len(real.house.requests.filed) == 1
    await real.close_request()
    (told,) = [m.text for m in real.sent[-2:] if m.recipient == tel(PHONE)]
    assert "News on a report you follow" in told


async def test_a_read_back_that_was_overtaken_is_sent_all_the_same(real: RealHouse) -> None:
    """Who was asked to check before the other report came in gets a number of their own."""
    await real.write(BOB, REPORT)
    await text(real, REPORT, NEIGHBOUR)
    await text(real, "1", NEIGHBOUR)
    assert "The tracking number is NYC311-0002" in await answer(real, "1")


@pytest.mark.parametrize("words", WORDS)
async def test_a_photo_by_mail_joins_what_was_texted(real: RealHouse, words: str) -> None:
    """Sent to the request's address from a linked mailbox, it is kept with it, told, and shown."""
    await link(real)
    await text(real, REPORT)
    await text(real, "1")
    await go_on(real)
    told = await answer(real, words, files=[("attachment1", "photo.png", "image/png", PICTURE)])
    assert "I added it to the report. Staff can see it." in told
    assert "A photo was added." in told
    assert (await story(real)).count(Kind.PHOTO) == 1
    ((reason,),) = await real.house.rows("SELECT reason FROM hand_overs")
    assert reason == "note"


@pytest.mark.parametrize("words", WORDS)
async def test_a_photo_by_text_joins_what_was_mailed(real: RealHouse, words: str) -> None:
    """Texted from a linked phone, it is asked about, and kept with the report of the mailbox."""
    await link(real)
    await real.write(BOB, REPORT)
    await answer(real, "1")
    real.house.media.content["https://twilio.example/1"] = PICTURE
    asked = await text(real, words, media=("https://twilio.example/1",))
    assert "Shall I add it to your report (Pothole, 123 Broadway, Brooklyn)?" in asked
    assert "I added it to the report." in await text(real, "1")
    assert (await story(real)).count(Kind.PHOTO) == 1


async def test_who_has_the_phone_later_adds_nothing(real: RealHouse) -> None:
    """A photo from a number that changed hands is no photo of its former holder's report."""
    await link(real)
    await text(real, REPORT)
    await text(real, "1")
    await part(real)
    told = await text(real, "", media=("https://twilio.example/1",))
    assert "Shall I add it" not in told
    assert Kind.PHOTO not in await story(real)


async def test_the_deed_knows_who_held_the_number(real: RealHouse) -> None:
    """Asked by a turn that could not look it up, `note` keeps nothing for a number's new holder."""
    await text(real, REPORT)
    await text(real, "1")
    await part(real)
    ((row, resident, talk),) = await real.house.rows(
        "SELECT id, resident_id, conversation_id FROM service_requests"
    )
    shell = real.house.shell
    turn = Turn(shell.vault, "nyc", "sms", talk, resident, "key", "trace", "nyc311", 1)
    said = {"request_id": row, "photos": ["p1"], "text": "mine"}
    await shell.storage.write(lambda c: note(c, turn, said))
    assert not {Kind.PHOTO, Kind.NOTE} & set(await story(real))
