"""Copied header lines ("From: ... Sent: ... To: ... Subject: ...") and their separators."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.reading.mail import cues
from conversations.reading.mail.lines import Line, is_rule

_LABEL = re.compile(r"[*_\s]*([^:*_<>@]{1,30}?)[*_\s]*:[*_\s]*")
_ALONG = re.compile(r"(?<=[\s>\]])([^\W\d_]{2,12}):(?=\s)")
_ADDRESS = re.compile(r"[\w.+'=-]{1,80}@[\w-]{1,80}\.[\w.-]{1,80}")
_NUMBER = re.compile(r"\d+")
_TIME = re.compile(r"(?<![\d.])\d{1,2}(?:[:.h時时點点]|시 ?)\d{2}(?![\d.]\d)")
_DRAWN = re.compile(r"[-_=*~—>\s]{0,80}([^-_=*~—>\s].{2,60}?)[-_=*~—:\s]{0,80}$")
_FRAMES = frozenset({"---", "===", "___", "***"})
_ROLES = ("from", "date", "to", "cc", "subject", "more")
_NUMBERS = 4  # of a date with a time: day, year, hour, minute
_LONGEST = 30  # lines of a block
_WRAPS = 2  # lines that a long header may run on


def header_end(lines: Sequence[Line], begin: int) -> int:
    """Return where the block of headers that begins on this line ends, or 0 when there is none."""
    if not _roles(lines[begin]):
        return 0
    values: dict[str, str] = {}  # by role, in their order
    end, loose = begin, 0
    for at in range(begin, min(len(lines), begin + _LONGEST)):
        if lines[at].depth != lines[begin].depth or loose > _WRAPS:
            break
        found = _roles(lines[at])
        fresh = [
            role for role in _ROLES if role in found and (role not in values or role == "more")
        ]
        if found and not fresh:
            break
        loose = 0 if found else loose + 1
        if fresh:
            values[fresh[0]] = lines[at].low
            _read_along(lines[at], values)
            end = at + 1
    return end if _enough(values) else 0


def _read_along(line: Line, values: dict[str, str]) -> None:
    """Take in the further headers on the same line: "From: a@b.org Date: Thu, 24 Mar ..."."""
    for match in _ALONG.finditer(line.low[:400], 1):
        for role in cues.labels().get(match[1], ()):
            values.setdefault(role, line.low[match.start() :])


def _roles(line: Line) -> frozenset[str]:
    """Return what the label of a line may mean; empty when it has none."""
    if ":" not in line.low[:40]:
        return frozenset()
    match = _LABEL.match(line.low[:80])
    return cues.labels().get(match[1].strip(), frozenset()) if match else frozenset()


def _enough(values: dict[str, str]) -> bool:
    """Say whether the headers found are a mail's.

    "From: 5th Ave To: Main St Date: 11/2/2026" is a resident's: a mail's date has a time, and there
    is an address, or sender, date and recipient in this order, or a subject too.
    """
    order = [role for role in values if role != "more"]
    date = values.get("date", "")
    if not _TIME.search(date) or len(_NUMBER.findall(date)) < _NUMBERS:
        return False
    if "from" not in values:
        return bool(_ADDRESS.search(values.get("to", "")))
    address = any(_ADDRESS.search(value) for value in values.values())
    return address or len(order) >= 4 or order == ["from", "date", "to"]


def is_original(lines: Sequence[Line], at: int) -> bool:
    """Say whether a line says that the mail answered to begins here."""
    return _says(lines[at], cues.originals())


def is_forward(lines: Sequence[Line], at: int) -> bool:
    """Say whether a line says that a mail passed on begins here."""
    return _says(lines[at], cues.forwards())


def _says(line: Line, words: re.Pattern[str]) -> bool:
    """Say whether a line is the given words, drawn between dashes or ending in a colon."""
    low = line.low
    if len(low) > 160 or not (
        low.endswith((":", "-", "_", "=", "*", "—")) or low.startswith(("--", "__", "=="))
    ):
        return False
    match = _DRAWN.match(low)
    if match is None:
        return False
    found = words.match(match[1])
    return found is not None and (len(match[1]) - found.end() <= 2 or low.startswith("--"))


def _is_drawn(line: Line) -> bool:
    """Say whether a line is drawn, or framed like `----- any words -----`."""
    framed = len(line.low) <= 120 and line.low[:3] == line.low[-3:] and line.low[:3] in _FRAMES
    return framed or is_rule(line)


def skip_rules_up(lines: Sequence[Line], begin: int, lowest: int) -> int:
    """Return where the drawn lines and blanks above a boundary begin."""
    at = top = begin
    while at > lowest and (lines[at - 1].blank or _is_drawn(lines[at - 1])):
        at -= 1
        if not lines[at].blank:
            top = at
    return top
