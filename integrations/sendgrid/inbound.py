"""Reading a mail from an Inbound Parse request whose signature was right (messaging.md 3.1).

Both modes are read: raw, which hands over the mail itself and is the one to choose, and parsed,
where every field comes in a charset of its own. The recipients are the envelope's, never `to`'s.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass
from typing import Any

import orjson

from conversations.vocabulary.mail import InboundMail, Machine, MailFile
from integrations.kit.mail.addresses import check_address, domain_of, find_sole_address
from integrations.kit.mail.bodies import REPORTS
from integrations.kit.mail.bounces import read_bounce
from integrations.kit.mail.bounds import (
    MAX_FILES_SIZE,
    MAX_REFERENCES,
    MAX_REPORT,
    MAX_REPORTS,
    MAX_TEXT,
)
from integrations.kit.mail.errors import MalformedMail
from integrations.kit.mail.head import Head, read_head
from integrations.kit.mail.machines import recognise, wants_quiet
from integrations.kit.mail.multipart import Form, read_multipart
from integrations.kit.mail.opening import Opened, open_mail
from integrations.kit.mail.trust import has_doubles, is_signed
from integrations.kit.mail.words import clean_line, clean_type, decode_text, decode_words, name_file

PROVIDER = "sendgrid"
MAX_RECIPIENTS = 100
MAX_JSON = 64 * 1024
RAW_FIELD = "email"
WRITTEN_BY_SENDER = (RAW_FIELD, "text", "html")

_ID = re.compile(r"<[^<>\s]{1,900}>")


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A request, read as far as no mail has to be taken apart for it.

    Attributes:
        envelope_from: None when the envelope does not tell.
        mail: the whole mail, or None in parsed mode.
        parsed: what the body holds, in parsed mode.
    """

    key: str
    recipients: tuple[str, ...]
    envelope_from: str | None
    dkim: str
    head: Head
    subject: str
    mail: bytes | None
    parsed: Opened


async def parse_inbound(body: bytes, content_type: str) -> InboundMail:
    """Return the mail of an Inbound Parse request.

    Args:
        body: the request's body as it came; its signature has been checked.
        content_type: the request's header, with the form's boundary.

    Takes up to some seconds for a hostile mail, longer when several wait in line; the event
    loop stays free, and cancelling it ends the child.

    Raises:
        MalformedMail: no mail that could be routed or read; it will not be better next time.
    """
    delivery = await asyncio.to_thread(_read_delivery, body, content_type)
    opened = delivery.parsed if delivery.mail is None else await open_mail(delivery.mail)
    head = delivery.head
    sender = find_sole_address(head.every("from"))
    own_domains = {domain_of(recipient) for recipient in delivery.recipients}
    machine = recognise(head, delivery.envelope_from, own_domains)
    bounce = read_bounce(head, opened.reports, opened.text) if machine is Machine.BOUNCE else None
    return InboundMail(
        provider=PROVIDER,
        key=delivery.key,
        recipients=delivery.recipients,
        envelope_from=delivery.envelope_from or "",
        sender=sender,
        subject=delivery.subject,
        text=opened.text,
        html=opened.html,
        message_id=_first_id(head, "message-id"),
        in_reply_to=_first_id(head, "in-reply-to"),
        references=_read_references(head),
        signed=is_signed(delivery.dkim, sender) and not has_doubles(head),
        machine=machine,
        bounce=bounce,
        files=opened.files,
        cut=opened.cut or head.cut,
        raw=body if delivery.mail is None else delivery.mail,
        unreadable=opened.unreadable,
        quiet=wants_quiet(head),
    )


def _read_delivery(body: bytes, content_type: str) -> _Delivery:
    form = read_multipart(body, content_type)
    recipients, envelope_from = _read_envelope(form)
    mail = form.get(RAW_FIELD) if form.place(RAW_FIELD) >= 0 else None
    if mail is None and form.place("headers") < 0:
        raise MalformedMail("no_mail")
    head = read_head(mail if mail is not None else form.get("headers") + b"\n\n")
    return _Delivery(
        key=_make_key(form, head, mail, recipients),
        recipients=recipients,
        envelope_from=envelope_from,
        dkim=_read_dkim(form),
        head=head,
        subject=decode_words(head.first("subject")),
        mail=mail,
        parsed=_read_parsed(form) if mail is None else Opened(),
    )


def _read_envelope(form: Form) -> tuple[tuple[str, ...], str | None]:
    """Return recipients and sender of the envelope, lower case.

    An address of ours is plain; what is not cannot be one and is passed over.
    """
    value = _read_json(form, "envelope")
    listed = value.get("to")
    found = [
        address
        for item in (listed[:MAX_RECIPIENTS] if isinstance(listed, list) else [])
        if isinstance(item, str) and (address := check_address(item.strip().strip("<>")))
    ]
    if not found:
        raise MalformedMail("no_recipient")
    sender = value.get("from")
    if not isinstance(sender, str):
        return tuple(dict.fromkeys(found)), None
    return tuple(dict.fromkeys(found)), clean_line(sender.strip().strip("<>").lower(), 320)


def _read_json(form: Form, name: str) -> dict[str, Any]:
    raw = form.get(name)
    try:
        value = orjson.loads(raw) if len(raw) <= MAX_JSON else None
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _read_dkim(form: Form) -> str:
    """Return what SendGrid says of the signatures, unless the sender may have written it.

    A mail that contains the form's boundary brings fields of its own. One that is there twice is
    refused; this one must besides stand before all that a sender writes, as SendGrid sends it.
    """
    place = form.place("dkim")
    written = [at for name in WRITTEN_BY_SENDER if (at := form.place(name)) >= 0]
    if place < 0 or any(at < place for at in written):
        return ""
    return form.get("dkim").decode("ascii", "replace")


def _make_key(form: Form, head: Head, mail: bytes | None, recipients: tuple[str, ...]) -> str:
    """Return what is the same for every try of one delivery: SendGrid gives no id.

    Made without the child, whose fate may differ from try to try.
    """
    name = _first_id(head, "message-id").encode("utf-8")
    if not name:
        inner = hashlib.sha256(mail if mail is not None else form.get("headers"))
        for piece in () if mail is not None else (form.get("text"), form.get("html")):
            inner.update(b"%d:" % len(piece) + piece)
        name = inner.digest()
    key = hashlib.sha256(b"%d:" % len(name) + name)
    key.update("\n".join(sorted(recipients)).encode("ascii"))
    return key.hexdigest()


def _first_id(head: Head, name: str) -> str:
    found = _ID.search(head.first(name))
    return found[0] if found else ""


def _read_references(head: Head) -> tuple[str, ...]:
    """Return the thread: of a very long one its beginning and its end."""
    found = _ID.findall(head.first("references"))
    return tuple(found if len(found) <= MAX_REFERENCES else found[:1] + found[1 - MAX_REFERENCES :])


def _read_parsed(form: Form) -> Opened:
    """Return the body as parsed mode gives it."""
    charsets = _read_json(form, "charsets")
    cut = form.cut
    texts = {}
    for name in ("text", "html"):
        raw = form.get(name)
        texts[name] = decode_text(raw[:MAX_TEXT], str(charsets.get(name) or "utf-8"))
        cut = cut or len(raw) > MAX_TEXT
    files: list[MailFile] = []
    reports: list[tuple[str, str]] = []
    room = MAX_FILES_SIZE
    for piece in form.files:
        kind = clean_type(piece.content_type)
        if kind in REPORTS or (reports and kind == "message/rfc822"):
            reports.append((kind, decode_text(piece.value[:MAX_REPORT], "utf-8")))
        elif len(piece.value) > room:
            cut = True
        else:
            room -= len(piece.value)
            name = name_file(piece.filename, f"file{len(files) + 1}")
            files.append(MailFile(name, kind, piece.value))
    return Opened(texts["text"], texts["html"], tuple(files), tuple(reports[:MAX_REPORTS]), cut)
