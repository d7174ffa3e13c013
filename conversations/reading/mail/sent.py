"""Finding the texts we sent in a mail that comes back, quoted or not, however it was wrapped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.reading.mail.lines import Line

_WORD = re.compile(r"\w+")
_PIECE = 5  # words in a row that must agree
_RUN = 12  # words in a row that are surely ours; a shorter text of ours must agree wholly
_SHORTEST = 6


def mark_sent(lines: Sequence[Line], sent: Sequence[str]) -> None:
    """Make the lines that are ours quoted: every word of theirs stands in a long run of our words.

    Args:
        lines: changed in place.
        sent: the texts of our mails in this thread.
    """
    ours = [_WORD.findall(text.lower()) for text in sent]
    pieces = {
        tuple(words[at : at + _PIECE]) for words in ours for at in range(len(words) - _PIECE + 1)
    }
    if not pieces:
        return
    words, owner = _stream(lines)
    run = [False] * len(words)
    for at in range(len(words) - _PIECE + 1):
        if tuple(words[at : at + _PIECE]) in pieces:
            run[at : at + _PIECE] = [True] * _PIECE
    whole = {tuple(text) for text in ours if _SHORTEST <= len(text) < _RUN}
    missing = [0] * len(lines)
    present = [0] * len(lines)
    for begin, end in _runs(run):
        if end - begin < _RUN and tuple(words[begin:end]) not in whole:
            run[begin:end] = [False] * (end - begin)
    for place, is_ours in zip(owner, run, strict=True):
        present[place] += 1
        missing[place] += not is_ours
    for at, line in enumerate(lines):
        if present[at] and not missing[at]:
            line.ours = not line.depth
            line.depth, line.sure = max(1, line.depth), True


def _stream(lines: Sequence[Line]) -> tuple[list[str], list[int]]:
    """Return all words of the mail in a row, and the line of each."""
    words: list[str] = []
    owner: list[int] = []
    for at, line in enumerate(lines):
        found = _WORD.findall(line.said.lower())
        words += found
        owner += [at] * len(found)
    return words, owner


def _runs(marks: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the stretches of True as (begin, end)."""
    found = []
    begin = None
    for at, mark in enumerate([*marks, False]):
        if mark and begin is None:
            begin = at
        elif not mark and begin is not None:
            found.append((begin, at))
            begin = None
    return found
