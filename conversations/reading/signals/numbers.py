"""The number or choice a message says: "2", "#2", "the second one", "opción dos".

Only when that is all the message says. An address, a date, a price and a sentence are no number;
neither is "the last one", as what is last depends on what was offered.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from conversations.reading.signals.patterns import read_words
from conversations.reading.signals.spoken import plain_forms, spoken

_LONGEST_ANSWER = 7  # words
_MOST_DIGITS = 9
_KEYCAP = str.maketrans("", "", "\ufe0f\u20e3")
_DIGITS = re.compile(r"\d{1,9}")
_ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th|ro|ra|do|da|to|ta|o|a|er|e)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3}){1,2}")
_SINGLE = re.compile(r"[(\[#*\s]*(\d{1,9})[)\].:,!\s]*")
_NOT_A_CHOICE = re.compile(r"(?<!\S)[.,٫]\d|\d[.,٫/:-]\d|[-−$€£%+]\s*\d|\d\s*[%$€]")


class _Rules(NamedTuple):
    """The word lists, compiled once."""

    cardinals: dict[str, int]
    multipliers: dict[str, int]
    ordinals: dict[str, int]
    whole: dict[str, int]
    before: frozenset[str]
    after: frozenset[str]


def read_number(text: str) -> int | None:
    """Return the number or choice the message says, or None."""
    said = spoken(text.translate(_KEYCAP))
    if not said.words or len(said.words) > _LONGEST_ANSWER:
        return None
    single = _SINGLE.fullmatch(said.folded)
    if single:
        return int(single[1])
    if _GROUPED.fullmatch(said.folded):
        return int(said.folded.replace(",", ""))
    if _NOT_A_CHOICE.search(said.folded):
        return None
    rules = _rules()
    whole = " ".join(said.words)
    if whole in rules.whole:
        return rules.whole[whole]
    return _read_words(_strip(list(said.words), rules), rules)


def _strip(words: list[str], rules: _Rules) -> list[str]:
    """Return the words without those that may stand around a choice."""
    start, end = 0, len(words)
    while start < end - 1 and words[start] in rules.before:
        start += 1
    # "one" after an ordinal is no number: the second one.
    while end - start > 1 and words[end - 1] in rules.after:
        if words[end - 1] == "one" and not _ordinal(words[end - 2], rules):
            break
        end -= 1
    return words[start:end]


def _read_words(words: list[str], rules: _Rules) -> int | None:
    """Return the number that these words, all of them, say."""
    if len(words) == 1:
        word = words[0]
        if _DIGITS.fullmatch(word):
            return int(word)
        ordinal = _ordinal(word, rules)
        return ordinal if ordinal is not None else _add_up(words, rules)
    return _add_up(words, rules)


def _ordinal(word: str, rules: _Rules) -> int | None:
    """Return the value of one ordinal (`second`, `2nd`, `2da`), or None."""
    written = _ORDINAL.fullmatch(word)
    return int(written[1]) if written else rules.ordinals.get(word)


def _add_up(words: list[str], rules: _Rules) -> int | None:
    """Return the value of a cardinal in words below one million, or None.

    Every part must be smaller than the one before, so that "two three" is no number.
    """
    total, group, last = 0, 0, 1_000_000
    for at, word in enumerate(words):
        if word in ("and", "y") and 0 < at < len(words) - 1:
            continue
        if word in rules.multipliers:
            factor = rules.multipliers[word]
            if (factor == 1000 and total) or (factor == 100 and not 0 < group < 10):
                return None
            total, group = (
                (max(group, 1) * 1000 + total, 0) if factor == 1000 else (total, group * 100)
            )
            last = factor
            continue
        value = rules.cardinals.get(word)
        if value is None or not _follows(value, last):
            return None
        group, last = group + value, value
    return total + group


def _follows(value: int, last: int) -> bool:
    """Tell whether a part may follow one of value `last`: 1 after 20, 20 after 100."""
    if last >= 100:
        return value < last
    return last >= 20 and last % 10 == 0 and 0 < value < 10


@cache
def _rules() -> _Rules:
    """Return the compiled word lists."""
    words: dict[str, Any] = read_words("numbers")
    around = words["around"]
    return _Rules(
        cardinals=_merge(words["cardinals"]),
        multipliers=words["multipliers"],
        ordinals=_merge(words["ordinals"]),
        whole={form: value for word, value in words["words"].items() for form in plain_forms(word)},
        before=frozenset(form for word in around["before"] for form in plain_forms(word)),
        after=frozenset(around["after"]),
    )


def _merge(tables: dict[str, dict[str, int]]) -> dict[str, int]:
    """Return the tables of all languages as one."""
    return {word: value for table in tables.values() for word, value in table.items()}
