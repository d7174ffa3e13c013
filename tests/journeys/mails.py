"""Mail in a journey: residents write through SendGrid's twin and read what their mailbox got."""

from __future__ import annotations

import asyncio
import re
import time
from base64 import b64encode
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from random import Random
from typing import Any
from zlib import crc32

from integrations.kit.sandbox.pictures import write_png
from tests.journeys.house import House

CITY_BOX = "311@reply.city.example"
NUMBER = re.compile(r"NYC311-\d{4}-\d{4}-\d{4}")
PATIENCE_S = 90.0
Mail = dict[str, Any]


def text_of(mail: Mail) -> str:
    """Return a mail's words above the line that says how to answer it and who sends it."""
    return str(mail["text"])


class Mailbox:
    """One resident's mailbox at the twin.

    Args:
        house: the running service.
        address: theirs.
        client: the program they write with.
    """

    def __init__(self, house: House, address: str, client: str = "gmail") -> None:
        self.house = house
        self.address = address
        self.client = client

    async def write(self, text: str, **order: Any) -> Mail:
        """Write to the city, or answer a mail (`in_reply_to_id`); the door must take it."""
        wanted = {"from": self.address, "client": self.client, "text": text, **order}
        answer = await self.house.http.post(
            f"{self.house.sandbox}/sendgrid/_control/mail", json=wanted, timeout=120
        )
        assert answer.status_code == 200, answer.text
        done: Mail = answer.json()
        assert done["deliveries"][0][-1] == 200, done
        return done

    async def answer(self, mail: Mail, text: str, **order: Any) -> Mail:
        """Answer a mail of the city's."""
        return await self.write(text, in_reply_to_id=mail["id"], **order)

    async def got(self) -> list[Mail]:
        """Return the city's mails that arrived, oldest first."""
        url = f"{self.house.sandbox}/sendgrid/_control/mailbox"
        held: list[Mail] = (await self.house.http.get(url, params={"address": self.address})).json()
        return [mail for mail in held if not mail["mine"]]

    async def sent_to(self) -> list[Mail]:
        """Return what the twin was asked to send here, arrived or not."""
        calls = await self.house.calls("sendgrid", "send")
        return [
            call["request"]
            for call in calls
            if call["status"] == 202
            and call["request"]["personalizations"][0]["to"][0]["email"] == self.address
        ]

    async def wait(
        self, fits: Callable[[str], bool], known: int = 0, seconds: float = PATIENCE_S
    ) -> Mail:
        """Return the first mail whose text fits, of those after the first `known`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for mail in (await self.got())[known:]:
                if fits(text_of(mail)):
                    return mail
            await asyncio.sleep(0.2)
        raise AssertionError(f"no such mail: {[text_of(mail)[:300] for mail in await self.got()]}")


def picture() -> dict[str, str]:
    """Return an attachment that is large enough to be a photo: noise, always the same."""
    chance = Random(311)
    noise = write_png(96, [chance.randbytes(96 * 3) for _ in range(64)])
    return {
        "name": "IMG_0001.png",
        "content_type": "image/png",
        "data_base64": b64encode(noise).decode(),
    }


def as_iphone(ours: Mail, sender: str, text: str) -> str:
    """Return a raw answer as an iPhone writes it: flowed text, quoted-printable, a mark below."""
    head = _head(ours, sender, text)
    head["X-Mailer"] = "iPhone Mail (21G93)"
    quote = "\n".join(f"> {line}" for line in text_of(ours).splitlines())
    head.set_content(
        f"{text}\n\nSent from my iPhone\n\n> On Nov 2, 2026, at 10:15\u202fAM, New York City "
        f"<{CITY_BOX}> wrote:\n> \n{quote}\n",
        cte="quoted-printable",
    )
    return head.as_bytes().decode("ascii")


def as_outlook(ours: Mail, sender: str, text: str) -> str:
    """Return a raw answer as Outlook writes it: only a page, in Windows-1252, headers below."""
    head = _head(ours, sender, text)
    head["X-MS-Has-Attach"] = ""
    head["Thread-Topic"] = "Pothole"
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><div class=WordSection1>'
        f"<p class=MsoNormal>{text}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'>"
        f"<p class=MsoNormal><b>From:</b> New York City &lt;{CITY_BOX}&gt;<br><b>Sent:</b> Monday, "
        "November 2, 2026 10:15 AM<br><b>To:</b> Resident<br><b>Subject:</b> "
        f"{ours['subject']}</p></div>{ours['html']}</div></body></html>"
    )
    head.set_content(
        page.encode("cp1252", "xmlcharrefreplace").decode("cp1252"),
        subtype="html", charset="cp1252", cte="quoted-printable",
    )  # fmt: skip
    return head.as_bytes().decode("ascii")


def as_gmail(ours: Mail, sender: str, text: str) -> str:
    """Return a raw answer as Gmail on the web writes it: both parts in base64, a quote folded."""
    head = _head(ours, sender, text)
    quote = "\n".join(f"> {line}" for line in text_of(ours).splitlines())
    intro = f"On Mon, Nov 2, 2026 at 10:15\u202fAM New York City <{CITY_BOX}>\nwrote:"
    head.set_content(f"{text}\n\n{intro}\n\n{quote}\n", cte="base64")
    head.add_alternative(
        f'<div dir="ltr">{text}</div><br><div class="gmail_quote gmail_quote_container"><div '
        f'dir="ltr" class="gmail_attr">{intro}<br></div><blockquote class="gmail_quote">'
        f"{ours['html']}</blockquote></div>",
        subtype="html", cte="base64",
    )  # fmt: skip
    return head.as_bytes().decode("ascii")


def bounce_of(message_id: str, recipient: str) -> str:
    """Return a raw delivery report (RFC 3464): this recipient of that mail does not exist."""
    return (
        "From: Mail Delivery Subsystem <mailer-daemon@home.example>\r\n"
        f"To: {CITY_BOX}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nNo such user.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; home.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n"
        "--b--\r\n"
    )


def _head(ours: Mail, sender: str, text: str) -> EmailMessage:
    """Return the head of an answer, with what a server on its way added."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["Received"] = "from mail.home.example ([192.0.2.9]) by mx.example with ESMTPS id 7"
    mail["From"] = f"Ana <{sender}>"
    mail["To"] = f"New York City <{ours['reply_to']}>"
    mail["Subject"] = f"Re: {ours['subject']}"
    mail["Date"] = "Mon, 02 Nov 2026 10:20:00 -0500"
    mail["Message-ID"] = f"<raw.{ours['id'].strip('-_')}.{crc32(text.encode()):x}@home.example>"
    mail["In-Reply-To"] = ours["headers"]["Message-ID"]
    mail["References"] = ours["headers"]["Message-ID"]
    return mail
