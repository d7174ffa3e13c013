"""The mail desk: what proves a mail, what is held, what is never answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.following.follow import Follow
from bot.storage import mails
from conversations.vocabulary.mail import Bounce, Machine
from tests.bot.conftest import House
from tests.bot.mailing import JANE, LINK, MailHouse, open_mail_house


@pytest.fixture
def mail(house: House, tmp_path: Path) -> MailHouse:
    """The fake house with a mail desk."""
    return open_mail_house(house, tmp_path)


async def test_a_first_mail_is_answered_to_its_sender(mail: MailHouse) -> None:
    """Nothing proves it, and it only asks: it gets an answer, with a token to answer to."""
    assert await mail.write("hello") == "accepted"

    assert mail.last.text == "hello"
    assert mail.last.recipient == f"mailto:{JANE}"
    assert mail.last.sender == "mailto:311@reply.city.example"


async def test_a_subject_belongs_to_what_a_first_mail_says(mail: MailHouse) -> None:
    """A resident may write the problem in the subject alone."""
    await mail.write("in front of 123 Broadway", subject="Huge pothole")

    assert mail.last.text == "Huge pothole. in front of 123 Broadway"


async def test_an_answer_with_its_token_and_signature_acts(mail: MailHouse) -> None:
    """The token of the last mail and the domain's signature prove it: the report is filed."""
    await mail.write("hello")
    to = await mail.reply_address()
    await mail.write("submit here", recipients=(to,), references=("<x@y>",))

    assert len(mail.house.requests.filed) == 1


@pytest.mark.parametrize(
    ("token", "signed"),
    [pytest.param(True, False, id="unsigned"), pytest.param(False, True, id="no token")],
)
async def test_an_unproven_mail_changes_nothing(mail: MailHouse, token: bool, signed: bool) -> None:
    """Without token, or without signature, what it asks for waits for a press on a link."""
    await mail.write("hello")
    to = await mail.reply_address() if token else "311@reply.city.example"
    await mail.write("submit here", recipients=(to,), signed=signed)

    assert mail.house.requests.filed == []
    assert mail.last.recipient == f"mailto:{JANE}"
    assert LINK.search(mail.last.text)
    states = await mail.house.rows("SELECT state FROM inbox ORDER BY id")
    assert [row.state for row in states] == ["done", "held"]


async def test_the_link_lets_a_held_mail_go_once(mail: MailHouse) -> None:
    """Pressed twice it acts once; a made-up link does nothing."""
    await mail.write("submit here")
    shell = mail.house.shell
    follow = Follow(
        storage=shell.storage, vault=shell.vault, clock=shell.clock, wakes=shell.wakes,
        catalogue=shell.catalogue, cities=shell.cities,
    )  # fmt: skip
    word = LINK.search(mail.last.text)

    assert word is not None
    assert await follow.release(word[1])
    await mail.house.work()
    assert await follow.release(word[1])
    await mail.house.work()
    assert not await follow.release("a" * 26)
    assert len(mail.house.requests.filed) == 1


async def test_somebody_elses_token_is_a_note_for_staff(mail: MailHouse) -> None:
    """A stranger who has the token learns nothing, and nothing is answered."""
    await mail.write("hello")
    to = await mail.reply_address()
    sent = len(mail.house.messenger.sent)

    assert await mail.write("status", sender="eve@evil.example", recipients=(to,)) == "stranger"
    assert len(mail.house.messenger.sent) == sent
    rows = await mail.house.rows("SELECT reason FROM hand_overs")
    assert [row.reason for row in rows] == ["stranger"]


async def test_a_thread_of_somebody_else_is_no_way_in(mail: MailHouse) -> None:
    """Naming the Message-ID of another's mail opens a conversation of one's own."""
    await mail.write("hello")
    await mail.write("hello too", sender="eve@evil.example", in_reply_to="<in-1@home.example>")

    assert mail.last.recipient == "mailto:eve@evil.example"
    rows = await mail.house.rows("SELECT DISTINCT conversation_id FROM inbox")
    assert len(rows) == 2


async def test_a_stop_is_believed_only_when_proven(mail: MailHouse) -> None:
    """A forged "stop" stops nobody; the real one does, at once."""
    await mail.write("hello")
    to = await mail.reply_address()
    await mail.write("stop", signed=False)
    before = await mail.house.rows("SELECT opted_out_at FROM residents")
    await mail.write("stop", recipients=(to,))
    after = await mail.house.rows("SELECT opted_out_at FROM residents")

    assert before[0].opted_out_at is None
    assert after[0].opted_out_at is not None


async def test_machines_are_never_answered(mail: MailHouse) -> None:
    """An out-of-office note of somebody we know is kept and not answered."""
    await mail.write("hello")
    sent = len(mail.house.messenger.sent)

    assert await mail.write("I am away", machine=Machine.AUTO_REPLY) == "silent"
    stranger = "robot@shop.example"
    assert await mail.write("news", sender=stranger, machine=Machine.BULK) == "machine"
    assert await mail.write("loop", sender="311@reply.city.example") == "no_sender"
    assert await mail.write("who?", sender="") == "no_sender"
    assert len(mail.house.messenger.sent) == sent


async def test_unproven_mails_bring_few_answers(mail: MailHouse) -> None:
    """Somebody who forges a mailbox's name all day cannot fill it with our mails."""
    for _ in range(12):
        await mail.write("hello", signed=False)

    assert len(mail.house.messenger.sent) <= 6


async def test_a_mail_brought_again_is_the_same_mail(mail: MailHouse) -> None:
    """The provider repeats what it is not sure of; one answer goes out."""
    await mail.write("hello", key="same")
    assert await mail.write("hello", key="same") == "repeat"
    assert len(mail.house.messenger.sent) == 1


async def test_a_mail_to_no_city_is_not_kept(mail: MailHouse) -> None:
    """Repeating it could not help."""
    assert await mail.write("hello", recipients=("info@other.example",)) == "unknown_mailbox"
    assert await mail.house.rows("SELECT id FROM inbox") == []


async def test_only_a_bounce_of_our_own_mail_ends_mail(mail: MailHouse) -> None:
    """A made-up bounce names no mail of ours; a soft one ends nothing; a real hard one does."""
    await mail.write("hello")
    shell = mail.house.shell
    conversation = (await mail.house.rows("SELECT id FROM conversations"))[0].id
    await shell.storage.write(
        lambda c: mails.note(
            c, shell.vault, "<ours@city>", direction="out", conversation_id=conversation,
            request_id=None, now=1,
        )
    )  # fmt: skip
    reasons = []
    for message_id, hard in [
        ("<forged@city>", True),
        ("<ours@city>", False),
        ("<ours@city>", True),
    ]:
        bounce = Bounce(JANE, hard, "5.1.1", message_id)
        await mail.write("report", sender="", machine=Machine.BOUNCE, bounce=bounce)
        row = (await mail.house.rows("SELECT unreachable_reason FROM residents"))[0]
        reasons.append(row.unreachable_reason)

    assert reasons[:2] == [None, None]
    assert "5.1.1" in (reasons[2] or "")
