"""The bytes of one mail: text and HTML as alternatives, headers as every mail of ours has them.

The library folds and encodes what may hold any script (names, subject). What it would break, long
ids and links (it makes encoded words of them), is written here: they are plain ASCII already.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from conversations.vocabulary.mail import OutboundMail
from integrations.kit.mail.outgoing import MAX_NAME, MAX_SUBJECT, make_headers, one_line

LINE = 76


def write_letter(
    mail: OutboundMail, text: str, *, sender: str, recipient: str, reply_to: str, at: datetime
) -> bytes:
    """Return the whole mail.

    Args:
        mail: what is sent besides the text.
        text: the plain text.
        sender: our address, checked.
        recipient: the resident's address, checked.
        reply_to: where answers go, checked; may be empty.
        at: now, with zone.
    """
    name = one_line(mail.from_name, MAX_NAME)
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(name, addr_spec=sender)
    letter["To"] = Address(addr_spec=recipient)
    if reply_to:
        letter["Reply-To"] = Address(name, addr_spec=reply_to)
    letter["Subject"] = one_line(mail.subject, MAX_SUBJECT)
    letter["Date"] = format_datetime(at)
    letter.set_content(text, charset="utf-8", cte="quoted-printable")
    if mail.html:
        letter.add_alternative(mail.html, "html", charset="utf-8", cte="quoted-printable")
    ours = "".join(_fold(name, value) for name, value in make_headers(mail).items())
    return ours.encode("ascii") + letter.as_bytes()


def _fold(name: str, value: str) -> str:
    """Return a header of plain words, a new line before each word that no longer fits."""
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > LINE and lines[-1].strip() and len(lines[-1]) > 1:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"
