"""Our marker: the line of our mails that asks to type above it, as it comes back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.reading.mail.lines import Line

MARKER = (
    "##- Reply above this line -##"  # the line our mails begin with; any words between the marks
)

_OPENS = re.compile(r"#{2}\s?[-–—]")
_CLOSES = re.compile(r"[-–—]\s?#{2}")
_WRAPS = 3  # lines over which a program may wrap it


def find_marker(lines: Sequence[Line]) -> int | None:
    """Return the first line of the first marker, in any language, quoted or not; or None."""
    for at, line in enumerate(lines):
        match = _OPENS.search(line.low[:200])
        if match is None:
            continue
        rest = " ".join(other.low[:200] for other in lines[at + 1 : at + _WRAPS])
        if _CLOSES.search(f"{line.low[match.end() :][:200]} {rest}"):
            return at
    return None
