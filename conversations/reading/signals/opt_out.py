"""Who wants no more messages, and who only writes about a stop sign.

The law counts any reasonable way of saying it (contracts/messaging.md section 2). A whole message
of one of the carrier's words is the clearest; plain requests in free text count as much. What may
mean it is `ask`: one question, never silence. What is about the city's streets is `no`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from re import Pattern
from typing import Any, Literal, NamedTuple

from conversations.reading.signals.patterns import (
    Fragments,
    compile_by_language,
    compile_fragments,
    gather_forms,
    read_words,
)
from conversations.reading.signals.spoken import Spoken, spoken, to_line

OptOut = Literal["no", "yes", "ask"]
CarrierWord = Literal["STOP", "START", "HELP"]
_MASK = " #"
_SHORT_WORDS = 8
_LONG_WORDS = 20
_SAID_APART = frozenset({"stop", "unsubscribe", "alto", "paren", "pare"})
_PAUSES = re.compile(r"[,;:…()]+|\s[-–—]+\s|\.{2,}")
_STOP_SIGNS = frozenset({"🛑", "🚫", "⛔", "🛑🛑🛑"})


class _Rules(NamedTuple):
    """The word lists, compiled once."""

    triggers: frozenset[str]
    exact: frozenset[str]
    exact_ask: frozenset[str]
    around: frozenset[str]
    civic: Pattern[str]
    clear: Pattern[str]
    unsure: Pattern[str]
    unsure_short: Pattern[str]
    inside: Fragments
    carrier: dict[str, CarrierWord]
    opt_in: frozenset[str]


def read_opt_out(text: str) -> OptOut:
    """Return whether the writer wants no more messages: `yes`, `no`, or `ask` when unsure."""
    said = spoken(text)
    rules = _rules()
    whole = bare_message(said)
    if whole in rules.exact:
        return "yes"
    if whole in rules.exact_ask or said.folded in _STOP_SIGNS:
        return "ask"
    core = _without_interjections(said.words, rules.around)
    if core in rules.exact:
        return "yes"
    if core in rules.exact_ask:
        return "ask"
    if rules.inside.occur_in(said.line):
        return "yes"
    if not _holds_trigger(said.words, rules.triggers):
        return "no"
    line = rules.civic.sub(_MASK, _worth_reading(said, rules))
    if rules.clear.search(line):
        return "yes"
    if rules.unsure.search(line) or _is_short_request(line, said):
        return "ask"
    return "no"


def is_carrier_word(text: str) -> CarrierWord | None:
    """Return `STOP`, `START` or `HELP` when the whole message is a word the carrier owns.

    Case, accents, full-width letters, blanks and surrounding punctuation do not count. `YES` is not
    here, as it means opt-in only for those opted out: see `is_opt_in_word`.
    """
    return _rules().carrier.get(bare_message(spoken(text)))


def is_opt_in_word(text: str, opted_out: bool) -> bool:
    """Tell whether the message opts in again: START and UNSTOP, and a bare YES if `opted_out`."""
    whole = bare_message(spoken(text))
    if _rules().carrier.get(whole) == "START":
        return True
    return opted_out and whole in _rules().opt_in


def bare_message(said: Spoken) -> str:
    """Return the whole message as plain words without sentence ends, for comparing with a list."""
    return " ".join(said.words)


def _without_interjections(words: tuple[str, ...], around: frozenset[str]) -> str:
    """Return a short message without what is only called out before or after it ("ugh stop")."""
    if len(words) > _SHORT_WORDS:
        return ""
    start, end = 0, len(words)
    while start < end and words[start] in around:
        start += 1
    while end > start and words[end - 1] in around:
        end -= 1
    return " ".join(words[start:end])


def _holds_trigger(words: Iterable[str], triggers: frozenset[str]) -> bool:
    """Tell whether a word is a trigger or begins with the four or six letters of one."""
    return any(word in triggers or word[:4] in triggers or word[:6] in triggers for word in words)


def _worth_reading(said: Spoken, rules: _Rules) -> str:
    """Return the line; of a long message only the sentences that hold a trigger."""
    if len(said.words) <= _LONG_WORDS:
        return said.line
    kept = [
        part.strip()
        for part in said.line.split(" . ")
        if _holds_trigger(part.split(), rules.triggers)
    ]
    return f" {' . '.join(kept)} "


def _is_short_request(line: str, said: Spoken) -> bool:
    """Tell whether a short message says stop in passing, or as a sentence of its own."""
    if len(said.words) > _SHORT_WORDS:
        return False
    if _rules().unsure_short.search(line):
        return True
    if _SAID_APART.isdisjoint(said.words):
        return False
    parts = to_line(_PAUSES.sub(" . ", said.folded)).split(" . ")
    return any(part.strip() in _rules().exact for part in parts)


@cache
def _rules() -> _Rules:
    """Return the compiled word lists."""
    words: dict[str, Any] = read_words("opt_out")
    parts = words["parts"]
    carrier: dict[str, CarrierWord] = {}
    meanings: tuple[CarrierWord, ...] = ("STOP", "START", "HELP")
    for meaning in meanings:
        carrier.update(dict.fromkeys(words["carrier"][meaning], meaning))
    return _Rules(
        triggers=frozenset(words["triggers"]),
        exact=gather_forms(words["exact"]),
        exact_ask=gather_forms(words["exact_ask"]),
        around=gather_forms(words["around"]),
        civic=compile_by_language(words["no"], parts),
        clear=compile_by_language(words["yes"], parts),
        unsure=compile_by_language(words["ask"], parts),
        unsure_short=compile_by_language(words["ask_short"], parts),
        inside=compile_fragments(words["inside"]),
        carrier=carrier,
        opt_in=gather_forms(words["opt_in"]),
    )
