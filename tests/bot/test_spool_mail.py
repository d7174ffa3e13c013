"""Mail while the database is away: kept, taken in afterwards as ever, and a stop holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.spool.records import Mail, seal, unseal
from bot.spool.watch import STOP_WAITS, Watch
from conversations.vocabulary.mail import Bounce, InboundMail, Machine, MailFile
from tests.bot.mailing import CITY, JANE, open_mail_house
from tests.bot.spooling import Spooled, open_spooled

PICTURE = MailFile("hole.jpg", "image/jpeg", b"\xff\xd8\xff" + bytes(12_000))


def mail_house(spooled: Spooled, folder: Path) -> Any:
    """Return the fake house with a mail desk that has the spool."""
    written = open_mail_house(spooled.house, folder)
    written.desk._spool = spooled.spool
    spooled.drain._desk = written.desk
    return written


async def test_a_mail_of_an_outage_is_answered_afterwards(
    storage: Any, redis: Any, vault: Any, clock: Any, tmp_path: Path, fake_engine: None
) -> None:
    """It is kept with its picture, and taken in once although its provider brings it again."""
    async with open_spooled(storage, redis, vault, clock, tmp_path) as spooled:
        written = mail_house(spooled, tmp_path)
        spooled.switched.away = True
        word = await written.desk.accept(a_mail("pothole", files=(PICTURE,)))
        assert word == "spooled"
        spooled.switched.away = False
        await spooled.drain.drain()
        assert await written.desk.accept(a_mail("pothole", files=(PICTURE,))) == "repeat"
        await spooled.house.work()
        assert len(spooled.house.messenger.sent) == 1
        assert await spooled.house.rows("SELECT count(*) FROM photos") == [(1,)]


async def test_a_stop_by_mail_holds_in_an_outage(
    storage: Any, redis: Any, vault: Any, clock: Any, tmp_path: Path, fake_engine: None
) -> None:
    """Nothing is sent to the mailbox until its mail was judged; an unsigned one stops nobody."""
    async with open_spooled(storage, redis, vault, clock, tmp_path) as spooled:
        written = mail_house(spooled, tmp_path)
        spooled.switched.away = True
        await written.desk.accept(a_mail("stop"))
        await written.desk.accept(
            a_mail("stop", key="other", sender="joe@home.example", signed=False)
        )
        watch = Watch(spooled.folder, vault)
        assert watch.why_wait(f"mailto:{JANE}", 1, False) == STOP_WAITS
        assert watch.why_wait("mailto:joe@home.example", 1, False) is None


def test_a_mail_is_read_again_as_it_was(vault: Any) -> None:
    """Everything but the raw mail, which is kept beside, comes back."""
    mail = a_mail(
        "text", references=("<a@b>", "<c@d>"), machine=Machine.BOUNCE, raw=b"",
        bounce=Bounce("jane@home.example", hard=True, status="5.1.1"), files=(PICTURE,),
    )  # fmt: skip
    assert unseal(vault, seal(vault, Mail(mail, "mail-1"))) == Mail(mail, "mail-1")


def a_mail(text: str, **more: Any) -> InboundMail:
    """Return a mail of Jane's to the city."""
    fields: dict[str, Any] = {
        "provider": "sendgrid", "key": "key-1", "recipients": (CITY,), "envelope_from": JANE,
        "sender": JANE, "subject": "", "text": text, "html": "",
        "message_id": "<in-1@home.example>", "in_reply_to": "", "references": (),
        "signed": True, "machine": None, "bounce": None, "files": (), "cut": False,
        "raw": text.encode(),
    }  # fmt: skip
    return InboundMail(**{**fields, **more})
