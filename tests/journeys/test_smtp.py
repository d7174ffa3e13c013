"""The same road out over a mail server of the city's own: aiosmtpd, which is none of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.journeys.house import free_ports, open_house
from tests.journeys.mails import NUMBER, PATIENCE_S, Mailbox

pytestmark = pytest.mark.slow
ANA = "ana@home.example"


class Postbox:
    """Keeps what a mail server was handed."""

    def __init__(self) -> None:
        self.kept: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail."""
        content: Any = envelope.content
        mail = BytesParser(policy=policy.default).parsebytes(content)
        assert isinstance(mail, EmailMessage)
        self.kept.append((list(envelope.rcpt_tos), mail))
        return "250 2.0.0 Ok: queued"

    async def wait(self, words: str) -> EmailMessage:
        """Return the first mail that holds these words."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for _, mail in self.kept:
                    if words in _plain(mail):
                        return mail
                await asyncio.sleep(0.1)


def _plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())


@asynccontextmanager
async def serve_mail(port: int) -> AsyncIterator[Postbox]:
    """Serve SMTP on loopback."""
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


async def test_a_report_goes_out_over_smtp(tmp_path: Path) -> None:
    """Written in through the parse webhook, answered over SMTP: read back, filed, number told."""
    port = free_ports(1)
    async with (
        serve_mail(port) as box,
        open_house(
            tmp_path, MAIL_PROVIDER="smtp", SMTP_PORT=str(port), SMTP_SECURITY="none"
        ) as house,
    ):
        ana = Mailbox(house, ANA)
        await ana.write("Pothole at 123 Broadway, Brooklyn")
        check = await box.wait("1. ")
        await ana.write("1", to=str(check["Reply-To"].addresses[0].addr_spec))
        told = await box.wait("NYC311-")

        assert NUMBER.search(_plain(told))
        assert [to for to, _ in box.kept] == [[ANA], [ANA]]
        assert str(told["Auto-Submitted"]).startswith("auto-")
        assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert told.get_content_type() == "multipart/alternative"
        assert told["Message-ID"] != check["Message-ID"]
        assert await house.calls("sendgrid", "send") == []
        assert len(await house.calls("nyc311", "submit")) == 1
