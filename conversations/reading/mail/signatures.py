"""What stands below the words of a mail: "-- " and a name, "Sent from my iPhone", farewells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.reading.mail import cues, disclaimers
from conversations.reading.mail.lines import Line, has_words, is_rule

_DASHES = frozenset({"--", "—", "––", "—-", "__", "---"})
_STRICT = "-- "  # RFC 3676: what a program writes above a signature
_LONGEST = 12  # lines of a signature
_ROUNDS = 12  # lines and notices that programs add, at most
_WORDS = 8  # words of one line of a signature; more is a sentence
_DEVICE = 11  # words of "Sent via the ..., an ... smartphone"
_SLASHED = re.compile(r"/ ?[^\W\d_a-zåäöæø][^\W\d_]{1,20}(?: [^\W\d_]{1,20})?")
_LINK = re.compile(r"<?(?:https?://|www\.|aka\.ms)\S*>?|[\w.+-]{1,64}@[\w.-]{1,64}|\[[^\]]{0,60}\]")
_MINE = re.compile(
    r"(\w+(?: \w+){2})((?: [A-Z0-9][\w.+-]{0,20}){1,5})\.?"
)  # "Sent from my Wiko 4G"
_SENTENCES = re.compile(r"[.!?;:] \w")


def cut_tail(lines: Sequence[Line], first: bool = True) -> list[bool]:
    """Say for each line of one stretch of typed lines whether it is kept.

    Args:
        lines: lines that stand together, without a quote between them.
        first: nothing is kept above them, so they cannot be a signature only.
    """
    keep = [True] * len(lines)
    disclaimers.cut_frames(lines, keep)
    end = last = _last(lines, keep)
    dashed = _find_dashes(lines, end, first)
    if dashed is not None:
        end = dashed
    end = _cut_added(lines, keep, end, first)
    end = _cut_farewell(lines, end, first)
    if end < last or last < len(lines) - 1:
        keep[end:] = [False] * (len(lines) - end)
    return keep


def _last(lines: Sequence[Line], keep: Sequence[bool], end: int | None = None) -> int:
    """Return the end of the last kept line that has words."""
    at = len(lines) if end is None else end
    while at and (not keep[at - 1] or _is_empty(lines[at - 1])):
        at -= 1
    return at


def _is_empty(line: Line) -> bool:
    """Say whether nothing is said on a line: it is blank or drawn."""
    return line.blank or is_rule(line) or line.said in _DASHES


def _cut_added(lines: Sequence[Line], keep: list[bool], end: int, first: bool) -> int:
    """Return the end without the notices and device lines at the bottom."""
    noticed = False
    for _ in range(_ROUNDS):
        end = _last(lines, keep, end)
        begin = disclaimers.cut_last(lines, end, noticed)
        noticed = begin < end
        if begin == end and end and is_device(lines[end - 1]):
            begin = end - 1
        if begin == end:
            return end
        end = begin
        dashed = _find_dashes(lines, _last(lines, keep, end), first)
        if dashed is not None:
            end = dashed
    return end


def is_device(line: Line) -> bool:
    """Say whether a line is one that a device or an app adds to every mail."""
    low = _LINK.sub("", line.low[:300]).strip(" -*_<>()[]|·~\"'")
    if line.low in cues.added_lines():
        return True
    before, _, after = low.partition(". ")
    if len(low) <= 120 and cues.excuses().match(after or before):
        if not after:
            return True
        low = before
    edges, names, things = cues.devices()
    match = _MINE.fullmatch(line.said[:120])
    if match and match[1].lower() in cues.of_mine():
        return True
    if not 0 < len(low) <= 90 or len(low.split()) > _DEVICE or not edges.match(low):
        return False
    if names.search(low):
        return not _SENTENCES.search(low)
    return things.search(low) is not None and not _SENTENCES.search(low) and "," not in low


def _find_dashes(lines: Sequence[Line], end: int, first: bool) -> int | None:
    """Return where the signature below a line of two dashes begins, or None."""
    for at in range(end - 1, max(-1, end - _LONGEST - 4), -1):
        if lines[at].said not in _DASHES:
            continue
        above = next((line for line in reversed(lines[:at]) if not line.blank), None)
        below = [line for line in lines[at + 1 : end] if not line.blank]
        strict = lines[at].text.strip("\r\n") == _STRICT
        if above is None and first:
            return None
        if strict and len(below) <= _LONGEST:
            return at
        if above is not None and above.said.endswith(":"):
            return None
        alone = not at or lines[at - 1].blank or (at + 1 < end and lines[at + 1].blank)
        if (alone or strict) and _is_card(below):
            return at
        return None
    return None


def _is_card(lines: Sequence[Line]) -> bool:
    """Say whether lines are a name and how to reach someone, no sentences and no addresses only."""
    first = lines[0] if lines else None
    if first and not (
        _is_name(first) or is_device(first) or _is_closer(first) or "|" in first.said
    ):
        return False
    if len(lines) > _LONGEST:
        return False
    return all(
        is_device(line)
        or (
            len(line.said.split()) <= _WORDS
            and len(line.said) <= 70
            and not line.said.endswith(("?", "!"))
        )
        for line in lines
    ) and not any(len(line.said.split()) >= 4 and line.said.endswith(".") for line in lines)


def _cut_farewell(lines: Sequence[Line], end: int, first: bool) -> int:
    """Return the end without a farewell and the one name below it."""
    if end and _SLASHED.fullmatch(lines[end - 1].said) and end > 1:
        return end - 1
    at = end - 1
    if at < 1 + first or not _is_name(lines[at]):
        return end
    at -= 1
    while at and lines[at].blank:
        at -= 1
    return at if at >= first and _is_closer(lines[at]) else end


def _is_closer(line: Line) -> bool:
    """Say whether a line is a farewell and nothing else."""
    return line.low.strip(" ,.!-–—*_،、。") in cues.closers()


def _is_name(line: Line) -> bool:
    """Say whether a line can be a name: one to four words, written large, no digits."""
    words = line.said.strip(" .,*_").split()
    return (
        1 <= len(words) <= 4
        and len(line.said) <= 40
        and has_words(line.said)
        and not any(mark.isdigit() or mark in "?!:@/" for mark in line.said)
        and not any(word[0].islower() for word in words[:1] + words[-1:])
    )
