"""Tracking numbers of a city in a text, however they were typed.

`nyc311 2026 1123 0042` and `311-12345678` come out as the city writes them. The patterns are the
city pack's; between their hyphens a blank, another dash or nothing is taken as well.
"""

from __future__ import annotations

import re

from conversations.reading.text import MAX_CHARACTERS

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－_", "-"))
_GAP = r"[ \-]{0,2}"
_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|.", re.DOTALL)


class TrackingReader:
    """Finds the tracking numbers that a city's patterns describe."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        r"""Compile the patterns.

        Args:
            patterns: regular expressions of whole numbers, for example `NYC311-\d{4}-\d{4}`;
                hyphens stand for themselves, groups are not used.
        """
        self._patterns = tuple(_loosen(pattern) for pattern in patterns)

    def read(self, text: str) -> str | None:
        """Return the first tracking number in `text` as the city writes it, or None."""
        line = text[:MAX_CHARACTERS].translate(_DASHES).upper()
        for pattern in self._patterns:
            found = pattern.search(line)
            if found:
                return "-".join(found.groups())
        return None


def _loosen(pattern: str) -> re.Pattern[str]:
    """Return a pattern that tolerates what people type for the hyphens of `pattern`."""
    parts = [""]
    for token in _TOKEN.findall(pattern.removeprefix("^").removesuffix("$")):
        if token in ("-", "\\-"):
            parts.append("")
        else:
            parts[-1] += token
    # "311-\\d+" with a blank for its hyphen would take "call 311 2 times" for a number.
    gap = "-" if re.search(r"[+*]", pattern) else _GAP
    body = gap.join(f"({part})" for part in parts)
    return re.compile(rf"(?<![A-Z0-9]){body}(?![A-Z0-9])", re.IGNORECASE | re.ASCII)
