"""The line above a quote: "On Mon, Nov 2, 2026 at 10:15 AM Ann <ann@x.org> wrote:".

Every program and language writes it differently, so what counts is what such a line holds: a date,
a time, an address, a verb, a colon at its end, and a quote below it. It may be wrapped over up to
five lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.reading.mail import cues
from conversations.reading.mail.lines import Line

_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20|25)\d\d(?!\d)(?=.{0,40}\d)|\d{1,2}\D{1,24}?(?:19|20|25)\d\d(?!\d)"
    r"|\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2}(?!\d))"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}(?:[:.h]|時|时|시 ?|點|点)\d{2}(?!\d)")
_ADDRESS = re.compile(r"[\w.+'=-]{1,80}@[\w-]{1,80}\.[\w.-]{1,80}|@[\w.-]{2,80}[>)]")
_BRACKETED = re.compile(r"[<(\[\"'][^<>()@\s]{1,80}@[^<>()@\s]{1,80}[>)\]\"']")
_SENTENCE = re.compile(r"\w{4,}[.!?]$")
_HEAD = re.compile(r"[\"'(<\[*_-]{0,4}(?:\w{2,12}[.,]? ){0,2}\d")
_LONGEST = 320  # characters an intro has at most; the longest measured has 180
_WORDS = 18  # words of an intro without a verb
_WRAPS = 4


@dataclass(frozen=True, slots=True)
class Intro:
    """Lines `begin` to `end` (excluded) are an intro; `typed` is what stood before it."""

    begin: int
    end: int
    typed: str = ""


def find_intros(lines: Sequence[Line]) -> dict[int, Intro]:
    """Return the intros among the lines that are not quoted, by where they begin."""
    found: dict[int, Intro] = {}
    quoted_next = _quotes_below(lines)
    for at, line in enumerate(lines):
        if line.depth or line.blank:
            continue
        if _closes(line) or (quoted_next[at] and _ADDRESS.search(line.low)):
            intro = _read_up(lines, at, quoted_next[at])
            if intro is None and _is_framed(line):
                intro = Intro(at, at + 1)
            if intro:
                found[intro.begin] = intro
    return found


def is_intro(line: Line) -> bool:
    """Say whether a quoted line alone is an intro: then the quote came from a program."""
    return _closes(line) and _weigh(line.low[-_LONGEST:], True)


def _quotes_below(lines: Sequence[Line]) -> list[bool]:
    """Say for each line whether the next one with words is quoted."""
    below = [False] * len(lines)
    quoted = False
    for at in range(len(lines) - 1, -1, -1):
        below[at] = quoted
        if not lines[at].blank or lines[at].depth:
            quoted = lines[at].depth > 0
    return below


def _closes(line: Line) -> bool:
    """Say whether a line ends as an intro does."""
    end = line.low.rstrip(" *_")
    if end.endswith(":"):
        return True
    if end.endswith("--"):
        end = end.rstrip("- ")
        return _ends_with_verb(end)
    return False


def _is_framed(line: Line) -> bool:
    """Say whether a line is `---- Ann Lee wrote ----`, with no date and no address."""
    framed = line.low.startswith("--") and line.low.endswith("--")
    return framed and len(line.low.split()) <= 9 and _closes(line)


def _ends_with_verb(text: str) -> bool:
    """Say whether the last words are a verb of writing."""
    tail = text[-40:]
    return any(match.end() == len(tail) for match in cues.verbs().finditer(tail))


def _read_up(lines: Sequence[Line], last: int, quoted: bool) -> Intro | None:
    """Return the intro that ends on line `last`, joined with as few lines above as it needs."""
    weak: int | None = None
    text, low, opened = "", "", 0
    for begin in range(last, max(-1, last - _WRAPS - 1), -1):
        line = lines[begin]
        if line.depth or (begin < last and _ends_before(line)):
            break
        if line.blank and opened <= 0 and not text.startswith("<"):
            break
        text = f"{line.said} {text}".strip()[-_LONGEST - 680 :]
        low = f"{line.low} {low}".strip()
        opened += line.low.count(">") - line.low.count("<")
        if begin < last and len(low) > _LONGEST:
            break
        if not _weigh(low[-_LONGEST:], quoted):
            continue
        if _DATE.search(low[-_LONGEST:]) and (begin == last or _heads(line)):
            return _split(lines, begin, last)
        if weak is None:
            weak = begin
    return _split(lines, weak, last) if weak is not None and quoted else None


def _ends_before(line: Line) -> bool:
    """Say whether a line ends something: what follows it is not its continuation."""
    return line.low.endswith(":") or _SENTENCE.search(line.said[-20:]) is not None


def _weigh(low: str, quoted: bool) -> bool:
    """Say whether a joined text has enough of an intro, with or without a quote below it."""
    date, time = bool(_DATE.search(low)), bool(_TIME.search(low))
    address = bool(_ADDRESS.search(low))
    verb = cues.verbs().search(low) is not None
    if verb and not address and not quoted and cues.speakers().search(low):
        return False
    if verb and date and (time or address or quoted or " you " in f" {low}"):
        return True
    short = len(low.split()) <= _WORDS
    if address and date and (quoted or (time and short and _BRACKETED.search(low))):
        return True
    if quoted and verb and (address or time or cues.starts().search(low)):
        return True
    return quoted and short and ((date and time) or (verb and not cues.speakers().search(low)))


def _heads(line: Line) -> bool:
    """Say whether a line can be the first of a wrapped intro."""
    if cues.starts().search(line.low) or _HEAD.match(line.low):
        return True
    return bool(_ADDRESS.search(line.low) or "<" in line.low) and bool(_DATE.search(line.low))


def _split(lines: Sequence[Line], begin: int, last: int) -> Intro:
    """Return the intro, leaving to the writer what stands before it on its first line."""
    line = lines[begin]
    if len(line.said) != len(line.low):
        return Intro(begin, last + 1)
    found = [
        match.start()
        for match in cues.starts().finditer(line.low)
        if match.start()
        and line.said[match.start()].isupper()
        and _DATE.search(line.low[match.start() :])
    ]
    if not found or len(line.said) > 990:
        return Intro(begin, last + 1)
    typed = line.said[: found[-1]].rstrip(" -_>")
    return Intro(begin, last + 1, typed if any(mark.isalnum() for mark in typed) else "")
