"""What a resident wrote in a mail, without quotes, signatures and notices: the one door.

The order of evidence: our marker, the texts we sent, then the rules for what mail programs of the
world write. What is not sure stays: losing a word of theirs is worse than a quote too many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from conversations.reading.mail.lines import Line, has_words, plain_lines
from conversations.reading.mail.marker import find_marker
from conversations.reading.mail.markup import html_lines
from conversations.reading.mail.mime import mail_lines
from conversations.reading.mail.quotes import Typed
from conversations.reading.mail.sent import mark_sent
from conversations.reading.mail.signatures import cut_tail

_DRAWN = " \t\n-_=*~#>|<—–"
Format = Literal["plain", "html", "eml"]


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A mail in two: `reply` is what was typed, `rest` the quotes, signatures and notices."""

    reply: str
    rest: str


def trim(raw: str | bytes, fmt: Format, sent: Sequence[str] = ()) -> Trimmed:
    """Return what was typed in a mail, and the rest. Nothing raises, whatever the mail.

    Args:
        raw: the text, the page, or for `eml` the whole mail (bytes keep every charset right).
        fmt: `plain`, `html`, or `eml`.
        sent: the texts of the mails we sent in this thread.

    Returns:
        `reply` is the whole body when nothing would remain of it.
    """
    lines, passed_on = _read(raw, fmt)
    whole = _join([line.text for line in lines])
    marked = _cut_at_marker(lines)
    mark_sent(lines, sent)
    found = _choose(lines, passed_on)
    if not _says(found.reply) and marked:  # typed below the marker, or between our lines
        lines, passed_on = _read(raw, fmt)
        mark_sent(lines, sent)
        found = _choose(lines, passed_on)
    return found if _says(found.reply) else Trimmed(whole, "")


def _says(reply: str) -> bool:
    """Say whether anything is in a reply but drawn lines and quote marks; `:)` is something."""
    return bool(reply.strip(_DRAWN))


def _read(raw: str | bytes, fmt: Format) -> tuple[list[Line], bool]:
    """Return the lines of a mail, and whether it says that it is passed on."""
    if fmt == "eml":
        return mail_lines(raw if isinstance(raw, bytes) else _bytes(raw))
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    return (html_lines(text) if fmt == "html" else plain_lines(text)), False


def _bytes(raw: str) -> bytes:
    """Return the bytes of a raw mail that was handed on as text."""
    try:
        return raw.encode("utf-8", "surrogateescape")  # what was not UTF-8 as Python reads files
    except UnicodeEncodeError:
        return raw.encode("utf-8", "replace")


def _cut_at_marker(lines: Sequence[Line]) -> bool:
    """Make all below our marker quoted; say whether the marker stood there unquoted.

    A quoted marker proves its quote, and what was typed below that quote is kept.
    """
    at = find_marker(lines)
    if at is None:
        return False
    if lines[at].depth:
        lines[at].sure = True
        return False
    for line in lines[at:]:
        line.depth, line.sure = max(1, line.depth), True
    return True


def _choose(lines: Sequence[Line], passed_on: bool) -> Trimmed:
    """Return what the rules keep of the lines, and what they do not."""
    kept = Typed(lines, passed_on).kept
    begin, first = 0, True
    while begin < len(lines):
        end = begin + 1
        if kept[begin] is None:
            begin = end
            continue
        while end < len(lines) and kept[end] is not None:
            end += 1
        for at, stays in enumerate(cut_tail(lines[begin:end], first), start=begin):
            if not stays:
                kept[at] = None
        first = first and not any(has_words(text or "") for text in kept[begin:end])
        begin = end
    return Trimmed(
        _join([text for text in kept if text is not None]),
        _join([line.text for line, text in zip(lines, kept, strict=True) if text is None]),
    )


def _join(texts: Sequence[str]) -> str:
    """Return lines as one text, without blank lines around it."""
    return "\n".join(texts).strip()
