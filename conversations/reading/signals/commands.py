"""Words that work anywhere: help, back, menu, restart, skip, repeat, wrong, a person, a language.

The word or clear phrase must be the whole message, apart from politeness ("can I go back please").
The words the carriers own (STOP, CANCEL, END, QUIT, ...) are never here: see `opt_out`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from conversations.reading.signals.patterns import gather_forms, read_words
from conversations.reading.signals.spoken import spoken

_LONGEST_COMMAND = 10  # words


def read_command(text: str) -> str | None:
    """Return the command a message is: `help`, `back`, ..., `language:es`; or None.

    A language is named by its ISO 639-1 code whether or not the city has it.
    """
    said = spoken(text)
    if not said.words:
        return "help" if text.strip() in ("?", "??", "???", "¿?", "？") else None
    if len(said.words) > _LONGEST_COMMAND:
        return None
    known = _phrases()
    words = said.words
    whole = " ".join(words)
    if whole in known:
        return known[whole]
    around = _around()
    # Take off one polite word at a time, in front and then behind, until a phrase is left.
    for start in range(len(words)):
        if start and words[start - 1] not in around:
            break
        for end in range(len(words), start, -1):
            if end < len(words) and words[end] not in around:
                break
            found = known.get(" ".join(words[start:end]))
            if found:
                return found
    return None


@cache
def _phrases() -> dict[str, str]:
    """Return every phrase of every language with its command."""
    words: dict[str, Any] = read_words("commands")
    known: dict[str, str] = {}
    for name, table in words.items():
        if name in ("around", "languages"):
            continue
        known.update(dict.fromkeys(gather_forms(table), name))
    for code, names in words["languages"].items():
        known.update(dict.fromkeys(gather_forms({code: names}), f"language:{code}"))
    return known


@cache
def _around() -> frozenset[str]:
    """Return the words that may stand around a command without changing it."""
    return frozenset(read_words("commands")["around"]["words"])
