"""Which lines were typed: everything but intros, copied headers, and the quotes they announce.

A quote with an intro, a quote container of a page, and a text of ours go wherever they stand, so
that answers below or between them are kept in order. A quote that only `>` marks may have been
picked by hand to say what is answered: it goes when it is long or nothing follows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.reading.mail import cues
from conversations.reading.mail.headers import header_end, is_forward, is_original, skip_rules_up
from conversations.reading.mail.intros import Intro, find_intros, is_intro
from conversations.reading.mail.lines import Line, has_words
from conversations.reading.mail.signatures import cut_tail

_LINK = re.compile(r"\W{0,4}(?:https?://|www\.)\S+[\s\W]{0,8}")
_NEAR = 40  # lines above a quote that may tell of it
_HAND_PICKED = 8  # lines of a quote that people may have picked by hand
_WIDE = 76  # characters at which programs wrap; what would have fitted was not broken off


class Typed:
    """Reads the lines of one mail once, and says what to keep of each."""

    def __init__(self, lines: Sequence[Line], passed_on: bool) -> None:
        """Read the lines; `passed_on` says that the mail is a forward, so copied headers stay."""
        self.lines = lines
        self.kept: list[str | None] = [None if line.added else line.text for line in lines]
        self._passed_on = passed_on
        self._intros: dict[int, Intro] = find_intros(lines)
        self._next = _next_words(lines)
        self._answered = len(lines)  # where a program begins to quote: no quote below is typed
        self._unproven: list[tuple[int, int]] = []
        self._read()
        self._judge()

    def _read(self) -> None:
        """Walk down the lines, from boundary to boundary."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if (not line.depth or line.sure) and is_forward(self.lines, at):
                return
            if line.depth:
                end = self._quote_end(at)
                if not self._is_forward_block(at, end):
                    self._unproven.append((at, end))
                at = end
                continue
            at = self._boundary(at) or at + 1

    def _boundary(self, at: int) -> int:
        """Cut what a boundary on this line announces; return where reading goes on, or 0."""
        typed = ""
        if at in self._intros:
            end, typed = self._intros[at].end, self._intros[at].typed
        else:
            end = self._copied_headers(at)
        if not end:
            return 0
        self._answered = min(self._answered, at)
        self._cut(at, end)
        below = self._next[end] if end < len(self.lines) else len(self.lines)
        if below < len(self.lines) and self._is_marked(below, at):
            end = self._quote_end(below)
        elif not self._answers_inside(at):
            end = len(self.lines)
        while end < len(self.lines) and self.lines[end].blank:
            end += 1
        self._cut(skip_rules_up(self.lines, at, 0), end)
        if typed:
            self.kept[at] = typed
        return end

    def _is_marked(self, below: int, above: int) -> bool:
        """Say whether a quote has its own end: then what follows it was typed.

        A text of ours without marks has none when something was typed above it: what follows is
        more of our mail (its foot, its buttons).
        """
        line = self.lines[below]
        return line.depth > 0 and not (line.ours and self._has_typed(above))

    def _copied_headers(self, at: int) -> int:
        """Return where "original message" or a block of headers ends, or 0."""
        if self._passed_on or self.lines[at].blank:
            return 0
        if not is_original(self.lines, at):
            return header_end(self.lines, at)
        below = self._next[at + 1] if at + 1 < len(self.lines) else len(self.lines)
        if below < len(self.lines) and not self.lines[below].depth:
            intro = self._intros.get(below)
            return intro.end if intro else header_end(self.lines, below) or at + 1
        return at + 1

    def _quote_end(self, at: int) -> int:
        """Return where a quote ends, with the blanks and the broken pieces inside it."""
        begin, count = at, len(self.lines)
        while at < count:
            line = self.lines[at]
            if line.blank and not line.depth:
                below = self._next[at]
                if below >= count or not self.lines[below].depth:
                    return at
            elif not line.depth and not self._is_piece(at, begin):
                return at
            at += 1
        return at

    def _is_piece(self, at: int, begin: int) -> bool:
        """Say whether a line without a mark is a piece of the quoted line above, broken off it."""
        if not begin < at < len(self.lines) - 1 or not self.lines[at + 1].depth:
            return False
        above, line = self.lines[at - 1], self.lines[at]
        if not above.depth or line.depth or line.blank:
            return False
        if _LINK.fullmatch(line.said[:400]):
            return True
        if above.said.count("(") > above.said.count(")") and line.said.endswith(")"):
            return " " not in line.said
        return (
            len(above.text) + 1 + len(line.said.partition(" ")[0]) > _WIDE
            and above.said[-1:].isalnum() | (above.said[-1:] == ",")
            and line.said[:1].islower()
            and len(line.said) > 3
            and self._has_typed(begin)
        )

    def _has_typed(self, end: int) -> bool:
        """Say whether something typed stands above this line."""
        return any(text and has_words(text) for text in self.kept[max(0, end - _NEAR) : end])

    def _answers_inside(self, end: int) -> bool:
        """Say whether the words above tell of answers inside the quote: "see mine in red"."""
        return any(
            self.kept[at] and cues.inside().search(self.lines[at].low)
            for at in range(max(0, end - _NEAR), end)
        )

    def _is_forward_block(self, begin: int, end: int) -> bool:
        """Say whether a quote that nothing announces holds a mail passed on: that is content."""
        first = self._next[begin]
        return first < end and is_forward(self.lines, first)

    def _judge(self) -> None:
        """Cut the quotes that were not announced, unless a hand may have picked them."""
        last = self._last_typed() if self._unproven else -1
        for begin, end in self._unproven:
            block = self.lines[begin:end]
            by_program = any(line.sure for line in block) or any(is_intro(x) for x in block[:3])
            if begin > self._answered or by_program or header_end(self.lines, begin):
                self._cut(begin, end)
            elif any(line.picked for line in block):
                continue
            elif len(block) > _HAND_PICKED or (end > last and not self._announces(end)):
                self._cut(begin, end)

    def _last_typed(self) -> int:
        """Return the last line with typed words; a signature below the last quote is none."""
        begin = self._unproven[-1][1]
        stays = cut_tail(self.lines[begin:], first=False)
        for at in range(len(self.lines) - 1, -1, -1):
            text = self.kept[at]
            typed = text and has_words(text) and not self.lines[at].depth
            if typed and (at < begin or stays[at - begin]):
                return at
        return -1

    def _announces(self, begin: int) -> bool:
        """Say whether a program announces its quote below: then this one above is no program's."""
        return begin <= self._answered < len(self.lines)

    def _cut(self, begin: int, end: int) -> None:
        """Keep nothing of these lines."""
        self.kept[begin:end] = [None] * (end - begin)


def _next_words(lines: Sequence[Line]) -> list[int]:
    """Return for each line the first from it on that is not blank."""
    found = [len(lines)] * (len(lines) + 1)
    for at in range(len(lines) - 1, -1, -1):
        found[at] = found[at + 1] if lines[at].blank else at
    return found
