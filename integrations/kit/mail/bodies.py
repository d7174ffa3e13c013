"""From the parts of a mail to what is used of them: text, HTML, files, reports.

Runs in the child.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field

from integrations.kit.mail.bounds import (
    MAX_FILES,
    MAX_FILES_SIZE,
    MAX_REPORT,
    MAX_REPORTS,
    MAX_TEXT,
)
from integrations.kit.mail.structure import Budget, Part, find_parts
from integrations.kit.mail.words import decode_base64, decode_text

REPORTS = ("message/delivery-status", "message/feedback-report", "text/rfc822-headers")
_PASSED_OVER = ("text/x-amp-html", "message/disposition-notification")


@dataclass(slots=True)
class Bodies:
    """What a mail holds, each within its bound.

    Attributes:
        text, html: Unicode; several parts of one kind are joined.
        files: name, content type, content.
        reports: what a delivery report is made of, and the head of the mail that it sends back:
            content type, text.
        cut: something was left out.
    """

    text: str = ""
    html: str = ""
    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)
    cut: bool = False


def read_bodies(raw: bytes) -> Bodies:
    """Return what the mail holds."""
    found, budget, room = Bodies(), Budget(), MAX_FILES_SIZE
    reporting = False
    for part in find_parts(raw, budget):
        if part.kind in _PASSED_OVER:
            continue
        reporting = reporting or part.kind in REPORTS
        if part.kind in REPORTS or (reporting and part.kind == "message/rfc822"):
            _add_report(raw, part, found)
        elif part.kind in ("text/plain", "text/html") and not part.attached and not part.name:
            _add_text(raw, part, found)
        else:
            room = _add_file(raw, part, found, room)
    found.cut = found.cut or budget.cut
    return found


def _add_report(raw: bytes, part: Part, found: Bodies) -> None:
    if len(found.reports) < MAX_REPORTS:
        content = _decode(raw[part.start : min(part.end, part.start + MAX_REPORT)], part.encoding)
        found.reports.append((part.kind, decode_text(content, part.charset)))


def _add_text(raw: bytes, part: Part, found: Bodies) -> None:
    # Quoted-printable takes at most three bytes for one.
    stop = min(part.end, part.start + 4 * MAX_TEXT)
    content = _decode(raw[part.start : stop], part.encoding)
    room = MAX_TEXT - len(found.text if part.kind == "text/plain" else found.html)
    text = decode_text(content[:MAX_TEXT], part.charset)
    found.cut = found.cut or stop < part.end or len(content) > MAX_TEXT or len(text) > room
    if part.kind == "text/plain":
        found.text = _join(found.text, text[:room])
    else:
        found.html = _join(found.html, text[:room])


def _join(before: str, text: str) -> str:
    """Return both, each beginning on a line of its own; what is empty is left out."""
    if not before.strip():
        return text
    if not text.strip():
        return before
    return f"{before}{text}" if before.endswith("\n") else f"{before}\n{text}"


def _add_file(raw: bytes, part: Part, found: Bodies, room: int) -> int:
    """Add a file if there is room; return the room that is left."""
    size = part.end - part.start
    least = size * 3 // 4 - size // 30 if part.encoding == "base64" else size // 3
    if len(found.files) >= MAX_FILES or least > room:
        found.cut = True
        return room
    content = _decode(raw[part.start : part.end], part.encoding)
    if len(content) > room:
        found.cut = True
        return room
    name = part.name or f"file{len(found.files) + 1}"
    found.files.append((name, part.kind, content))
    return room - len(content)


def _decode(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return decode_base64(content)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    return content
