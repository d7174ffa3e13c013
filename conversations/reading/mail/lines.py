"""A mail's body as lines: what they say, how deep they are quoted, and how sure that is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_QUOTE = re.compile(r"[ \t\xa0]{0,4}((?:>[ \t\xa0]?)+)")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_RULE = frozenset("-_=*~#─━—–\u2500\u2014.+")
_LONGEST = 1000  # characters of a line that are looked at; a program's own lines are short

HR = "_" * 32  # what a drawn line of a page becomes


@dataclass(slots=True)
class Line:
    """One line.

    Attributes:
        text: as it stands in the mail, what is handed on when it is kept.
        depth: how many times it is quoted, 0 for the writer's own lines.
        sure: the program said so itself (a quote container of a page, a text we sent); `>` alone
            may have been typed.
        said: `text` without quote marks, marks that are not seen, and outer spaces.
        low: `said` in lower case with ASCII digits, to compare; at most 1,000 characters.
        added: the program marked it as its signature.
        ours: a text of ours, with no mark that it is quoted.
        picked: quoted with the button of an editor: the writer's, unless an intro stands above.
    """

    text: str
    depth: int
    sure: bool
    said: str
    low: str
    added: bool = False
    ours: bool = False
    picked: bool = False

    @property
    def blank(self) -> bool:
        """Say whether nothing is written in it."""
        return not self.said


def make_line(text: str, depth: int = 0, sure: bool = False) -> Line:
    """Return a line of which `text` is what is written, without quote marks."""
    said = text
    if not text.isascii():
        said = _UNSEEN.sub("", text).replace("\xa0", " ").replace("\u3000", " ")
    said = said.strip()
    return Line(text, depth, sure, said, _low(said[:_LONGEST]))


def _low(said: str) -> str:
    """Return text to compare: lower case, ASCII digits and colons."""
    low = said.casefold() if said.isascii() else said.lower()
    if low.isascii():
        return low
    low = low.replace("&nbsp;", " ").replace("：", ":").replace("’", "'").replace("，", ",")
    return "".join(_digit(mark) if mark.isdigit() else mark for mark in low)


def _digit(mark: str) -> str:
    """Return the ASCII digit of a digit of any script."""
    return str(unicodedata.digit(mark, mark)) if mark > "\x7f" else mark


def plain_lines(text: str) -> list[Line]:
    """Return the lines of a text mail, with the quote marks `>` read off."""
    found = []
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        match = _QUOTE.match(raw) if ">" in raw[:5] else None
        if match is None or _typed(raw, match):
            found.append(make_line(raw if raw == "-- " else raw.rstrip()))
        else:
            line = make_line(raw[match.end() :], match[1].count(">"))
            line.text = raw.rstrip()
            found.append(line)
    _unquote_froms(found)
    _unquote_wrapped(found)
    return found


def _typed(raw: str, match: re.Match[str]) -> bool:
    """Say whether the `>` are drawn, not quote marks: `>>> look here <<<`, `>:(`."""
    return raw[match.end() :].rstrip().endswith("<<") or raw[match.end() :].startswith((":(", ":)"))


def _unquote_froms(lines: list[Line]) -> None:
    """Give back `>From ...`, which mail programs write for a line that begins with `From `."""
    for at, line in enumerate(lines):
        if line.text.startswith(">From "):
            around = lines[max(0, at - 1) : at] + lines[at + 1 : at + 2]
            if not any(other.depth for other in around):
                line.depth = 0


def _unquote_wrapped(lines: list[Line]) -> None:
    """Give back the `>` that closes an address wrapped onto the next line: `<a@b.org` / `>:`."""
    opened = -9  # where an address was last opened and not closed
    for at, line in enumerate(lines):
        if line.depth == 0:
            if line.text.count("<") > line.text.count(">"):
                opened = at
        elif line.depth == 1 and at - opened <= 3 and len(line.said) <= 24:
            if line.low.endswith(":"):
                line.depth = 0
                line.said = line.text.strip()
                line.low = _low(line.said[:_LONGEST])
            opened = -9


def is_rule(line: Line) -> bool:
    """Say whether a line is only drawn: `-----`, `_____`, `* * * *`; at least five marks."""
    marks = set(line.said)
    marks.discard(" ")
    return 0 < len(marks) <= 2 and marks <= _RULE and len(line.said.replace(" ", "")) >= 5


def has_words(text: str) -> bool:
    """Say whether a text has a letter, a digit or a sign of its own like an emoji."""
    return any(mark.isalnum() or mark > "\u2fff" for mark in text)
