"""What a resident wants with a message: the one word that routes it to a flow.

Puts the other signals together in the order of their weight; what it cannot tell is `other`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from re import Pattern
from typing import Any, NamedTuple

from conversations.reading.result import Intent
from conversations.reading.signals.opt_out import bare_message, is_carrier_word
from conversations.reading.signals.patterns import (
    compile_by_language,
    gather_forms,
    read_words,
)
from conversations.reading.signals.spoken import spoken

SURE_SCORE = 0.35  # a type guess from here on makes a message a report by itself
LIKELY_SCORE = 0.25  # from here on it is one when nothing else fits
_LONGEST_GREETING = 7  # words
_LONGEST_REQUEST = 16  # words; who wants a status, a person or benefits says so shorter
_SHORTEST_STORY = 8  # words; so long a text tells of something, even if we do not know of what
_COMMANDS = {
    "person": Intent.PERSON,
    "status": Intent.STATUS,
    "help": Intent.HELP,
    "new": Intent.REPORT,
}


@dataclass(frozen=True, slots=True)
class Clues:
    """What the other readers found in the message.

    Attributes:
        emergency, opt_out, command, tracking_number: as in `Reading`.
        score: of the best request type guess, 0 without one.
        has_place: True when the message says where.
    """

    emergency: str | None
    opt_out: str
    command: str | None
    tracking_number: str | None
    score: float
    has_place: bool


class _Rules(NamedTuple):
    """The word lists, compiled once."""

    status: Pattern[str]
    benefits: Pattern[str]
    person: Pattern[str]
    report: Pattern[str]
    help: Pattern[str]
    greeting: frozenset[str]
    small_talk: frozenset[str]


def read_intent(text: str, clues: Clues) -> Intent:
    """Return what the writer of `text` wants.

    Args:
        text: the message as typed.
        clues: what the other readers found in it.
    """
    if clues.emergency:
        return Intent.EMERGENCY
    carrier = is_carrier_word(text)
    if clues.opt_out == "yes" or carrier == "STOP":
        return Intent.STOP
    if carrier == "START":
        return Intent.START
    if clues.command in _COMMANDS:
        return _COMMANDS[clues.command]
    return _by_words(text, clues)


def _by_words(text: str, clues: Clues) -> Intent:
    """Return the intent of a message that is neither a command nor urgent."""
    said = spoken(text)
    rules = _rules()
    reports = clues.score >= SURE_SCORE
    if clues.tracking_number:
        return Intent.STATUS
    if bare_message(said) in rules.small_talk:
        return Intent.OTHER
    if reports and len(said.words) > _LONGEST_REQUEST:
        return Intent.REPORT  # a story told, not a question asked
    if rules.status.search(said.line) and not clues.has_place:
        return Intent.STATUS
    if rules.person.search(said.line):
        return Intent.PERSON
    if rules.benefits.search(said.line) and not clues.has_place:
        return Intent.BENEFITS
    if reports or clues.has_place or rules.report.search(said.line):
        return Intent.REPORT
    if rules.help.search(said.line):
        return Intent.HELP
    if _is_greeting(bare_message(said), said.words, rules):
        return Intent.GREETING
    tells = clues.score > 0 and len(said.words) >= _SHORTEST_STORY
    return Intent.REPORT if tells or clues.score >= LIKELY_SCORE else Intent.OTHER


def _is_greeting(whole: str, words: tuple[str, ...], rules: _Rules) -> bool:
    """Tell whether the message only greets, perhaps with a name behind ("hello sara")."""
    if whole in rules.greeting:
        return True
    if not words or len(words) > _LONGEST_GREETING:
        return False
    shortened = " ".join(_shorten(word) for word in words)
    if shortened in rules.greeting:
        return True
    return len(words) <= 3 and any(
        " ".join(words[:count]) in rules.greeting for count in range(1, len(words))
    )


def _shorten(word: str) -> str:
    """Return a word with its last letter once: `heyyyy` becomes `hey`, `hellooo` `hello`."""
    kept = word.rstrip(word[-1]) + word[-1]
    return kept if len(kept) > 1 else word


@cache
def _rules() -> _Rules:
    """Return the compiled word lists."""
    words: dict[str, Any] = read_words("intent")
    parts = words["parts"]
    return _Rules(
        status=compile_by_language(words["status"], parts),
        benefits=compile_by_language(words["benefits"], parts),
        person=compile_by_language(words["person"], parts),
        report=compile_by_language(words["report"], parts),
        help=compile_by_language(words["help"], parts),
        greeting=gather_forms(words["greeting"]),
        small_talk=gather_forms(words["small_talk"]),
    )
