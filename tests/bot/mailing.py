"""What the tests of mail share: a desk over the fake house, and residents who write to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.mail.blobs import MailBlobs
from bot.mail.book import MailBook, with_word
from bot.mail.desk import MailDesk
from bot.photos import FolderBlobs
from conversations.vocabulary.mail import InboundMail
from conversations.vocabulary.messages import OutboundMessage
from tests.bot.conftest import House

CITY = "311@reply.city.example"
JANE = "jane@home.example"
LINK = re.compile(r"/m/([a-z2-7]{26})")


@dataclass
class MailHouse:
    """The fake house with a mail desk."""

    house: House
    desk: MailDesk
    count: int = 0
    texts: list[str] = field(default_factory=list)

    async def write(self, text: str, sender: str = JANE, **more: Any) -> str:
        """Let somebody write, and do everything that follows; return the desk's word."""
        self.count += 1
        fields: dict[str, Any] = {
            "provider": "sendgrid", "key": f"key-{self.count}", "recipients": (CITY,),
            "envelope_from": sender, "sender": sender, "subject": "", "text": text, "html": "",
            "message_id": f"<in-{self.count}@home.example>", "in_reply_to": "", "references": (),
            "signed": True, "machine": None, "bounce": None, "files": (), "cut": False,
            "raw": text.encode(),
        }  # fmt: skip
        word = await self.desk.accept(InboundMail(**{**fields, **more}))
        await self.house.work()
        return word

    @property
    def last(self) -> OutboundMessage:
        """The mail sent last."""
        return self.house.messenger.sent[-1]

    async def reply_address(self) -> str:
        """Return the address with a token that the last answer was to be sent to."""
        rows = await self.house.rows("SELECT id, job_box FROM outbox ORDER BY id DESC LIMIT 1")
        job = self.house.shell.vault.open("outbox.job", rows[0].id, rows[0].job_box)
        return with_word(CITY, job["mail"]["reply_word"])


def open_mail_house(house: House, folder: Path) -> MailHouse:
    """Return the fake house with a mail desk."""
    shell = house.shell
    desk = MailDesk(
        storage=shell.storage,
        vault=shell.vault,
        clock=shell.clock,
        intake=shell.intake,
        book=MailBook(shell.cities),
        blobs=MailBlobs(shell.vault, FolderBlobs(folder / "mails")),
        provider="sendgrid",
    )
    return MailHouse(house, desk)
