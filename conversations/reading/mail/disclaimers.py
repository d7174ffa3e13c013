"""Legal notices that a mail server adds, in a drawn frame or as the last paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.reading.mail import cues
from conversations.reading.mail.lines import Line, is_rule

_LONGEST = 80  # lines of one framed notice
_NOTICE = 8  # words a paragraph has at least, to be a notice; Chinese and Japanese write no spaces
_WIDE = 30  # characters of a paragraph without spaces
_CUES = 2  # different phrases of a notice
_FRAME = 10  # marks of a line that frames


def cut_frames(lines: Sequence[Line], keep: list[bool]) -> None:
    """Drop what stands between two drawn lines, or below the last one, and reads like a notice.

    Args:
        lines: one stretch of a mail.
        keep: which of them are kept; changed in place.
    """
    frames = [at for at, line in enumerate(lines) if is_rule(line) and len(line.said) >= _FRAME]
    at = 0
    while at < len(frames):
        begin = frames[at]
        later = at + 1
        end = frames[later] + 1 if later < len(frames) else len(lines)
        inside = lines[begin + 1 : end]
        begin = _with_title(lines, begin)
        closed = later < len(frames)
        if begin and len(inside) <= _LONGEST and (_is_notice(inside) or _is_foot(inside, closed)):
            keep[begin:end] = [False] * (end - begin)
            at = (
                later + 1
                if later < len(frames) and not _opens_next(lines, frames, later)
                else later
            )
            continue
        at += 1


def _with_title(lines: Sequence[Line], begin: int) -> int:
    """Return where the title above a frame stands, or the frame itself."""
    at = begin - 1
    while at > 0 and lines[at].blank:
        at -= 1
    return at if at > 0 and _is_title(lines[at]) else begin


def _is_title(line: Line) -> bool:
    """Say whether a line only names what follows: "Disclaimer"."""
    return line.low.strip(" :.*_") in cues.disclaimer_titles()


def _opens_next(lines: Sequence[Line], frames: Sequence[int], at: int) -> bool:
    """Say whether a drawn line also opens what follows it, up to the next or the end."""
    begin = frames[at] + 1
    end = frames[at + 1] if at + 1 < len(frames) else len(lines)
    return _is_notice(lines[begin:end])


def _is_foot(lines: Sequence[Line], closed: bool) -> bool:
    """Say whether one paragraph below the last drawn line is a notice of one strong word."""
    text = "\n".join(line.said for line in lines).strip()
    if closed or "\n\n" in text:
        return False
    return cues.strong_cues().search(text.lower()) is not None


def _is_notice(lines: Sequence[Line]) -> bool:
    """Say whether lines read like a notice: two cues, and they speak of the mail itself."""
    text = " ".join(line.low for line in lines)
    if cues.mail_words().search(text) is None:
        return False
    return len({match.group() for match in cues.disclaimer_cues().finditer(text)}) >= _CUES


def cut_last(lines: Sequence[Line], end: int, below: bool) -> int:
    """Return where the last paragraph begins when it is a notice, or `end` when it is none.

    Args:
        lines: one stretch of a mail.
        end: where the last paragraph ends.
        below: a notice was cut below it, so that it may be its title only.
    """
    begin = end
    while begin and not lines[begin - 1].blank and not is_rule(lines[begin - 1]):
        begin -= 1
        if end - begin > _LONGEST:
            return end
    if begin == end:
        return end
    block = lines[begin:end]
    if below and len(block) == 1 and _is_title(block[0]):
        return begin
    return begin if _is_notice(block) and _is_long(block) else end


def _is_long(lines: Sequence[Line]) -> bool:
    """Say whether a paragraph is as long as notices are."""
    text = " ".join(line.low for line in lines)
    return len(text.split()) >= _NOTICE or (len(text) >= _WIDE and not text.isascii())
