"""Writing a resident's mail as mail programs do: their parts, charsets, and way of quoting ours.

Gmail puts `> ` before a wrapped copy and a `gmail_quote`, Outlook a block of headers and no marks,
Apple Mail `>` before its introduction too, plain ones a line and `> `. Intros as in messaging.md 4.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from typing import Literal

from babel.dates import format_datetime

from integrations.sendgrid.twin.store import TwinMail

Client = Literal["gmail", "outlook", "apple", "plain"]
WIDTH = 76
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Writing:
    """What is written, and by which program in which language (`en`, `es`).

    `files`: name, content type, content. `more`: further headers, over the usual ones.
    """

    client: Client
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    at: datetime
    message_id: str
    html: str = ""
    language: str = "en"
    quoted: TwinMail | None = None
    files: tuple[tuple[str, str, bytes], ...] = ()
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bodies:
    """The text and HTML of a mail; a plain program writes no HTML."""

    text: str
    html: str
    charset: str = "utf-8"


def write_mail(writing: Writing) -> bytes:
    """Return the whole mail as it goes over the wire."""
    bodies = _WRITERS[writing.client](writing)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(writing.sender_name, addr_spec=writing.sender)
    mail["Date"] = writing.at
    mail["Message-ID"] = writing.message_id
    mail["Subject"] = writing.subject
    mail["To"] = writing.recipient
    for name, value in {**_thread_of(writing.quoted), **writing.more}.items():
        del mail[name]
        mail[name] = value
    mail.set_content(bodies.text, charset=bodies.charset, cte="quoted-printable")
    if bodies.html:
        mail.add_alternative(bodies.html, "html", charset=bodies.charset, cte="quoted-printable")
    for name, content_type, content in writing.files:
        main, _, sub = content_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def _thread_of(quoted: TwinMail | None) -> dict[str, str]:
    if quoted is None:
        return {}
    chain = [quoted.headers.get("References", ""), quoted.message_id]
    return {"In-Reply-To": quoted.message_id, "References": " ".join(filter(None, chain))}


def _gmail(writing: Writing) -> Bodies:
    page = writing.html or f'<div dir="ltr">{_lines(writing.text)}</div>'
    quoted = writing.quoted
    if quoted is None:
        return Bodies(writing.text, page)
    who = f"<{quoted.sender}>"
    if writing.language == "es":
        when = _when(quoted, "EEE, d MMM y 'a las' H:mm", "es")
        intro = f"El {when}, {quoted.sender_name} ({who}) escribió:"
    else:
        when = _when(quoted, "EEE, MMM d, y 'at' h:mm\u202fa", "en")
        intro = f"On {when} {quoted.sender_name} {who} wrote:"
    folded = "\n".join(textwrap.wrap(intro, WIDTH, break_long_words=False))
    text = f"{writing.text}\n\n{folded}\n\n{_mark(quoted.text)}\n"
    page += (
        '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'{escape(intro)}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px '
        '0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"{_inner(quoted)}</blockquote></div>"
    )
    return Bodies(text, page)


def _outlook(writing: Writing) -> Bodies:
    page = writing.html or f'<div class="elementToProof">{_lines(writing.text)}</div>'
    text, quoted = writing.text, writing.quoted
    if quoted is not None:
        spanish = writing.language == "es"
        form = "EEEE, d 'de' MMMM 'de' y H:mm" if spanish else "EEEE, MMMM d, y h:mm a"
        names = (
            ("De", "Enviado", "Para", "Asunto") if spanish else ("From", "Sent", "To", "Subject")
        )
        values = (
            f"{quoted.sender_name} <{quoted.sender}>",
            _when(quoted, form, "es" if spanish else "en"),
            f"{writing.sender_name} <{writing.sender}>",
            quoted.subject,
        )
        rows = list(zip(names, values, strict=True))
        text += "\n\n" + "_" * 32 + "\n" + "".join(f"{name}: {value}\n" for name, value in rows)
        text += f"\n{quoted.text}\n"
        told = "<br>".join(f"<b>{name}:</b> {escape(value)}" for name, value in rows)
        page += (
            '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" '
            f'tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">'
            f"{told}</font><div>&nbsp;</div></div>{_inner(quoted)}"
        )
    page = f'<html><head></head><body dir="ltr">{page}</body></html>'
    return Bodies(text, page, _old_charset(text + page))


def _apple(writing: Writing) -> Bodies:
    spanish = writing.language == "es"
    sent_from = "Enviado desde mi iPhone" if spanish else "Sent from my iPhone"
    text = f"{writing.text}\n\n{sent_from}\n"
    page = f'{writing.html or _lines(writing.text)}<br><br><div dir="ltr">{sent_from}</div>'
    quoted = writing.quoted
    if quoted is not None:
        form = "d MMM y, 'a las' H:mm" if spanish else "MMM d, y, 'at' h:mm\u202fa"
        when = _when(quoted, form, "es" if spanish else "en")
        who = f"{quoted.sender_name} <{quoted.sender}>"
        intro = f"El {when}, {who} escribió:" if spanish else f"On {when}, {who} wrote:"
        text += f"\n> {intro}\n> \n{_mark(quoted.text)}\n"
        page += (
            f'<div dir="ltr"><br><blockquote type="cite">{escape(intro)}<br><br></blockquote></div>'
            f'<blockquote type="cite"><div dir="ltr">{_inner(quoted)}</div></blockquote>'
        )
    return Bodies(text, f'<html><body dir="auto">{page}</body></html>')


def _plain(writing: Writing) -> Bodies:
    quoted = writing.quoted
    if quoted is None:
        return Bodies(writing.text, "")
    spanish = writing.language == "es"
    when = _when(quoted, "d/M/yy H:mm" if spanish else "M/d/yy h:mm a", "en")
    name = quoted.sender_name or quoted.sender
    intro = f"El {when}, {name} escribió:" if spanish else f"On {when}, {name} wrote:"
    return Bodies(f"{writing.text}\n\n{intro}\n{_mark(quoted.text)}\n", "")


def _when(mail: TwinMail, form: str, language: str) -> str:
    return format_datetime(mail.at, form, locale="en_US" if language == "en" else language)


def _mark(text: str) -> str:
    """Return lines with `> ` before each, long ones wrapped as they are on their way."""
    lines: list[str] = []
    for line in text.splitlines():
        lines += textwrap.wrap(line, WIDTH - 2, break_long_words=False) or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def _inner(mail: TwinMail) -> str:
    """Return what a program keeps of our page when it quotes it: the inside of its body."""
    found = _BODY.search(mail.html)
    return found[1] if found else mail.html or f"<pre>{escape(mail.text)}</pre>"


def _old_charset(text: str) -> str:
    try:
        text.encode("iso-8859-1")
    except UnicodeEncodeError:
        return "utf-8"
    return "iso-8859-1"


_WRITERS: dict[Client, Callable[[Writing], Bodies]] = {
    "gmail": _gmail,
    "outlook": _outlook,
    "apple": _apple,
    "plain": _plain,
}
