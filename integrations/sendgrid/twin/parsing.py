"""Making an Inbound Parse request of a mail: the whole MIME in one field, or taken apart.

Fields are those of messaging.md 3.1. Taken apart, `text` and `html` keep the bytes of the mail's
own charset, which `charsets` names: the trap of 3.2. Attachment names come as they are.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from typing import Literal

Dkim = Literal["pass", "fail", "none"]
SENDER_IP = "192.0.2.44"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail as SendGrid's server took it: the envelope, the verdicts, the bytes."""

    raw: bytes
    envelope_from: str
    envelope_to: tuple[str, ...]
    dkim: Dkim
    spf: str


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    value: bytes
    filename: str = ""
    content_type: str = ""


def make_request(arrival: Arrival, *, raw: bool) -> tuple[str, bytes]:
    """Return the content type and body of the POST; `raw`: as "Send Raw" does."""
    mail = BytesParser(policy=policy.default).parsebytes(arrival.raw)
    assert isinstance(mail, EmailMessage)
    parts = _shared(arrival, mail)
    if raw:
        parts.append(_Part("email", arrival.raw))
        parts.append(_text("charsets", json.dumps(dict.fromkeys(_NAMES, "UTF-8"))))
    else:
        parts += _taken_apart(arrival, mail)
    return _join(parts)


_NAMES = ("to", "from", "subject")


def _shared(arrival: Arrival, mail: EmailMessage) -> list[_Part]:
    domain = read_header(mail, "From").rpartition("@")[2].strip("> ").lower()
    verdict = "none" if arrival.dkim == "none" else f"{{@{domain} : {arrival.dkim}}}"
    envelope = {"to": list(arrival.envelope_to), "from": arrival.envelope_from}
    return [
        _text("dkim", verdict),
        _text("SPF", arrival.spf),
        _text("to", read_header(mail, "To")),
        *([_text("cc", read_header(mail, "Cc"))] if "Cc" in mail else []),
        _text("from", read_header(mail, "From")),
        _text("subject", read_header(mail, "Subject")),
        _text("sender_ip", SENDER_IP),
        _text("envelope", json.dumps(envelope, separators=(",", ":"))),
    ]


def _taken_apart(arrival: Arrival, mail: EmailMessage) -> list[_Part]:
    charsets = dict.fromkeys(_NAMES, "UTF-8")
    head = arrival.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    parts = [_Part("headers", head + b"\n")]
    for kind, name in (("plain", "text"), ("html", "html")):
        body = mail.get_body((kind,))
        if body is not None:
            parts.append(_Part(name, _payload(body)))
            charsets[name] = str(body.get_content_charset("UTF-8"))
    files = list(mail.iter_attachments())
    about: dict[str, dict[str, str]] = {}
    for number, item in enumerate(files, start=1):
        label = f"attachment{number}"
        name, kind = item.get_filename() or label, item.get_content_type()
        about[label] = {"filename": name, "name": name, "type": kind}
        parts.append(_Part(label, _payload(item), name, kind))
    if files:
        parts.append(_text("attachment-info", json.dumps(about)))
    parts.append(_text("attachments", str(len(files))))
    parts.append(_text("charsets", json.dumps(charsets)))
    return parts


def _payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def read_header(mail: EmailMessage, name: str) -> str:
    """Return a header decoded, on one line; as it stands when it cannot be decoded."""
    try:
        return " ".join(str(mail.get(name, "")).split())
    except Exception:  # hostile headers break the library in many ways
        return read_headers(mail).get(name, "")


def read_headers(mail: EmailMessage) -> dict[str, str]:
    """Return the headers as they stand, unfolded, not decoded."""
    return {
        name: " ".join(str(value).encode("utf-8", "replace").decode().split())
        for name, value in mail.raw_items()
    }


def read_text(mail: EmailMessage, kind: str) -> str:
    """Return the `plain` or `html` body, empty without one; an unknown charset reads as UTF-8."""
    part = mail.get_body((kind,))
    if part is None:
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        return _payload(part).decode(charset, "replace")
    except LookupError:
        return _payload(part).decode("utf-8", "replace")


def _text(name: str, value: str) -> _Part:
    return _Part(name, value.encode("utf-8", "surrogateescape"))


def _join(parts: list[_Part]) -> tuple[str, bytes]:
    """Return the multipart body; `xYzZY` is the boundary the real one has."""
    boundary = b"xYzZY"
    while any(boundary in part.value for part in parts):
        boundary = b"xYzZY" + secrets.token_hex(6).encode()
    body = b""
    for part in parts:
        body += b"--" + boundary + b'\r\nContent-Disposition: form-data; name="'
        body += part.name.encode() + b'"'
        if part.filename:
            body += b'; filename="' + part.filename.replace('"', "%22").encode() + b'"'
        if part.content_type:
            body += b"\r\nContent-Type: " + part.content_type.encode()
        body += b"\r\n\r\n" + part.value + b"\r\n"
    body += b"--" + boundary + b"--\r\n"
    return "multipart/form-data; boundary=" + boundary.decode(), body
