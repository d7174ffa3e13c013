"""What the resident wants to correct: "change address", "it's not a pothole", "no, 125 not 123".

Only says which part is meant; the flow asks for it again, or reads the new value from the message.
"""

from __future__ import annotations

from functools import cache
from re import Pattern
from typing import Any

from conversations.reading.signals.patterns import compile_by_language, read_words
from conversations.reading.signals.spoken import spoken

_LONGEST_CORRECTION = 14  # words; a longer text is a story, not a correction
_KINDS = ("where", "photo", "name", "details", "what")


def read_change(text: str) -> str | None:
    """Return what is to be corrected: `what`, `where`, `name`, `details`, `photo`, or None."""
    said = spoken(text)
    if not 1 < len(said.words) <= _LONGEST_CORRECTION:
        return None
    for kind, pattern in _patterns():
        if pattern.search(said.line):
            return kind
    return None


@cache
def _patterns() -> tuple[tuple[str, Pattern[str]], ...]:
    """Return the kinds with their patterns, in the order they are tried."""
    words: dict[str, Any] = read_words("corrections")
    return tuple((kind, compile_by_language(words[kind], words["parts"])) for kind in _KINDS)
