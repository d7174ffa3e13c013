"""Copied header lines ("From: ... Sent: ... To: ... Subject: ...") and their separators."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.reading.mail import cues
from conversations.reading.mail.lines import Line, is_rule

_LABEL = re.compile(r"[*_\s]*([^:*_<>@]{1,30}?)[*_\s]*:[*_\s]*")
_ALONG = re.compile(r"(?<=[\s>\]])([^\W\d_]{2,12}):(?=\s)")
_ADDRESS = re.compile(r"[\w.+'=-]{1,80}@[\w-]{1,80}\.[\w.-]{1,80}")
_DATED = re.compile(r"\d.{0,40}\d{1,2}[:.h時时]\d{2}|(?:19|20)\d\d|\d{1,2}[:.h]\d{2}.{0,40}\d{4}")
_DRAWN = re.compile(r"[-_=*~—>\s]{0,80}([^-_=*~—>\s].{2,60}?)[-_=*~—:\s]{0,80}$")
_WRAPS = 2  # lines that a long header may run on


def header_end(lines: Sequence[Line], begin: int) -> int:
    """Return where the block of headers that begins on this line ends, or 0 when there is none."""
    roles: set[str] = set()
    values: dict[str, str] = {}
    at = end = begin
    depth = lines[begin].depth
    loose = 0
    while at < len(lines) and loose <= _WRAPS and lines[at].depth == depth:
        found = _roles(lines[at])
        if found:
            fresh = found - roles
            if not fresh and "more" not in found:
                break
            if len(found) == 1 or not roles:
                roles |= found if len(found) == 1 else {sorted(fresh)[0]}
            else:
                roles.add(sorted(fresh or found)[0])
            for role in found:
                values.setdefault(role, lines[at].low)
            _read_along(lines[at], roles, values)
            end, loose = at + 1, 0
        elif at == begin:
            return 0
        else:
            loose += 1
        at += 1
    return end if _enough(roles - {"more"}, values) else 0


def _read_along(line: Line, roles: set[str], values: dict[str, str]) -> None:
    """Take in the further headers on the same line: "From: a@b.org Date: Thu, 24 Mar ..."."""
    for match in _ALONG.finditer(line.low[:400], 1):
        for role in cues.labels().get(match[1], ()):
            roles.add(role)
            values.setdefault(role, line.low[match.start() :])


def _roles(line: Line) -> frozenset[str]:
    """Return what the label of a line may mean; empty when it has none."""
    if ":" not in line.low[:40]:
        return frozenset()
    match = _LABEL.match(line.low[:80])
    return cues.labels().get(match[1].strip(), frozenset()) if match else frozenset()


def _enough(roles: set[str], values: dict[str, str]) -> bool:
    """Say whether the headers found are a mail's: never only "From: 5th Ave. To: Main St"."""
    address = any(_ADDRESS.search(value) for value in values.values())
    dated = bool(_DATED.search(values.get("date", "")))
    if "from" not in roles:
        return {"date", "to"} <= roles and dated and bool(_ADDRESS.search(values.get("to", "")))
    if len(roles) >= 4:
        return True
    if len(roles) >= 3:
        return address or dated
    return "date" in roles and dated and address


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


def skip_rules_up(lines: Sequence[Line], begin: int, lowest: int) -> int:
    """Return where the drawn lines and blanks above a boundary begin."""
    at = top = begin
    while at > lowest and (lines[at - 1].blank or is_rule(lines[at - 1])):
        at -= 1
        if is_rule(lines[at]):
            top = at
    return top
