"""The parts of a mail (RFC 2046), cut out of its bytes: at most 100 of them, ten levels deep.

Runs in the child. An outer boundary is looked for before an inner one, so a part that is not
closed ends where its parent's next one begins. Bytes are searched, not copied, until a leaf.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from integrations.kit.mail.bounds import MAX_DEPTH, MAX_PARTS
from integrations.kit.mail.head import Head, read_head
from integrations.kit.mail.words import clean_type, name_file

MAX_AFTER_BOUNDARY = 80
"""Bytes of white space that may stand behind a boundary on its line."""


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf: its head, what it says it is, and where its content stands in the mail.

    Attributes:
        kind: content type, lower case.
        charset, encoding: as the head gives them, or empty.
        name: of a file, harmless, or empty.
        attached: its disposition is `attachment`.
    """

    head: Head
    kind: str
    charset: str
    encoding: str
    name: str
    attached: bool
    start: int
    end: int


@dataclass(slots=True)
class Budget:
    """How many parts may still be looked at, and whether something was left out."""

    parts: int = MAX_PARTS
    cut: bool = False


def find_parts(raw: bytes, budget: Budget) -> Iterator[Part]:
    """Yield the leaves of a mail in their order."""
    yield from _walk(raw, 0, len(raw), 0, "text/plain", budget)


def _walk(
    raw: bytes, start: int, end: int, depth: int, default: str, budget: Budget
) -> Iterator[Part]:
    head = read_head(raw, start, end)
    budget.cut = budget.cut or head.cut
    message = _describe(head, default)
    kind = message.get_content_type()
    boundary = _boundary_of(message) if kind.startswith("multipart/") else b""
    first = _find_boundary(raw, head.body_at, end, boundary) if boundary else None
    if first is None:
        # A multipart in which no boundary is found is read as the text that it looks like.
        kind = "text/plain" if kind.startswith("multipart/") else kind
        yield _leaf(message, head, kind, end)
    elif depth >= MAX_DEPTH:
        budget.cut = True
    else:
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        for piece_start, piece_end in _pieces(raw, first, end, boundary):
            if budget.parts <= 0:
                budget.cut = True
                return
            budget.parts -= 1
            yield from _walk(raw, piece_start, piece_end, depth + 1, inner, budget)


def _describe(head: Head, default: str) -> Message:
    """Return the head as the standard library's message, for the parameters' many forms."""
    message = Message()
    message.set_default_type(default)
    for name in ("content-type", "content-disposition", "content-transfer-encoding"):
        if value := head.first(name):
            message[name] = "".join(char if char.isprintable() else " " for char in value)
    return message


def _boundary_of(message: Message) -> bytes:
    try:
        value = message.get_boundary()
    except (ValueError, LookupError, AttributeError, TypeError):
        return b""
    return value.encode("utf-8", "replace") if value else b""


def _leaf(message: Message, head: Head, kind: str, end: int) -> Part:
    disposition = head.first("content-disposition").partition(";")[0].strip().lower()
    return Part(
        head=head,
        kind=clean_type(kind),
        charset=_charset_of(message),
        encoding=head.first("content-transfer-encoding").partition(";")[0].strip().lower()[:30],
        name=_name_of(message),
        attached=disposition == "attachment",
        start=head.body_at,
        end=end,
    )


def _charset_of(message: Message) -> str:
    try:
        return str(message.get_content_charset() or "")[:60]
    except (ValueError, LookupError, AttributeError, TypeError):
        return ""


def _name_of(message: Message) -> str:
    try:
        found = message.get_filename()
    except (ValueError, LookupError, AttributeError, TypeError):
        return ""
    return name_file(found, "file") if found else ""


def _pieces(raw: bytes, first: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each part between two boundary lines begins and ends."""
    at: int | None = first
    while at is not None:
        after = at + 2 + len(boundary)
        if raw.startswith(b"--", after):
            return
        start = raw.find(b"\n", after, end) + 1
        if start == 0:
            return
        at = _find_boundary(raw, start, end, boundary)
        stop = end if at is None else at
        # The line break before a boundary belongs to the boundary.
        if at is not None and stop > start:
            stop -= 2 if raw[stop - 2 : stop] == b"\r\n" and stop - 2 >= start else 1
        yield start, stop


def _find_boundary(raw: bytes, start: int, end: int, boundary: bytes) -> int | None:
    """Return where the next boundary line begins, or None."""
    line = b"--" + boundary
    at = start if raw.startswith(line, start, end) else _find_line(raw, line, start, end)
    while at is not None:
        after = at + len(line)
        rest = raw[after : min(after + MAX_AFTER_BOUNDARY, end)].partition(b"\n")[0]
        if not rest.removeprefix(b"--").strip(b" \t\r"):
            return at
        at = _find_line(raw, line, after, end)
    return None


def _find_line(raw: bytes, line: bytes, start: int, end: int) -> int | None:
    """Return where the next line after `start` begins that begins with `line`, or None."""
    found = raw.find(b"\n" + line, start, end)
    return None if found < 0 else found + 1
