"""Reading the head of a mail or of one of its parts: bounded, linear, from bytes.

Not the standard library's: with its default policy one hostile `To:` of 40 kB costs 33 s, and
some input makes it raise (RELIABILITY 0.9). Values are unfolded and Unicode, not yet decoded:
`words.py` does that where a value is prose. Never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from integrations.kit.mail.bounds import MAX_HEAD, MAX_HEADER, MAX_HEADERS

_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]{0,20}:")
_BLANK = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Head:
    """The headers, in order.

    Attributes:
        fields: pairs of name (lower case) and value on one line.
        body_at: where the body begins.
        cut: a header that is too long, or all beyond the bound, was left out.
    """

    fields: tuple[tuple[str, str], ...]
    body_at: int
    cut: bool = False

    def every(self, name: str) -> tuple[str, ...]:
        """Return the values of all headers of this name (lower case)."""
        return tuple(value for known, value in self.fields if known == name)

    def first(self, name: str) -> str:
        """Return the value of the first header of this name (lower case), or an empty string."""
        return next((value for known, value in self.fields if known == name), "")


def read_head(raw: bytes, start: int = 0, end: int | None = None) -> Head:
    """Return the head of the mail or part in `raw[start:end]`.

    It ends with an empty line, or before the first line that is no header (the body then
    begins with that line).
    """
    end = len(raw) if end is None else end
    fields: list[tuple[str, str]] = []
    cut = False
    at = _skip_envelope_line(raw, start, end)
    while at < end:
        stop = _end_of_header(raw, at, end)
        line = raw[at : min(stop, at + MAX_HEADER + 1)]
        if line in (b"\n", b"\r\n"):
            return Head(tuple(fields), stop, cut)
        if stop - start > MAX_HEAD or len(fields) >= MAX_HEADERS:
            return Head(tuple(fields), _find_body(raw, at, end), True)
        found = _NAME.match(line)
        if found is None:
            return Head(tuple(fields), at, cut)
        if len(line) > MAX_HEADER:
            cut = True
        else:
            fields.append((found[1].decode("ascii").lower(), _unfold(line[found.end() :])))
        at = stop
    return Head(tuple(fields), end, cut)


def _skip_envelope_line(raw: bytes, start: int, end: int) -> int:
    """Return where the headers begin: some agents leave a mailbox's `From ` line before them."""
    if not raw.startswith(b"From ", start):
        return start
    return _next_line(raw, start, end)


def _next_line(raw: bytes, at: int, end: int) -> int:
    found = raw.find(b"\n", at, end)
    return end if found < 0 else found + 1


def _end_of_header(raw: bytes, at: int, end: int) -> int:
    """Return where the header that begins at `at` ends, its folded lines included."""
    first = at
    at = _next_line(raw, at, end)
    if raw[first:at] in (b"\n", b"\r\n"):
        return at
    while at < end and raw[at] in b" \t" and at - first <= MAX_HEAD:
        at = _next_line(raw, at, end)
    return at


def _find_body(raw: bytes, at: int, end: int) -> int:
    found = _BLANK.search(raw, max(at - 2, 0), end)
    return end if found is None else found.end()


def _unfold(value: bytes) -> str:
    """Return the value on one line. Only a fold goes; other control characters stay to be seen.

    Raw 8-bit headers are UTF-8 today (RFC 6532); old ones are read as Windows-1252.
    """
    joined = re.sub(rb"\r?\n(?=[ \t])", b"", value).rstrip(b"\r\n").strip(b" \t")
    try:
        return joined.decode("utf-8")
    except UnicodeDecodeError:
        return joined.decode("cp1252", "replace")
