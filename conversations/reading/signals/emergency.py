"""Danger to life now: 911 advice. Danger of self-harm: 988 advice. Everything else is a report.

Two mistakes count: an emergency not seen, and a fire hydrant that sets off the alarm. A sentence is
turned into concepts (who, what harm, where, when: `concepts.py`), rules over concepts say which
together are danger (`rules.py`), and what only sounds dangerous is taken out: sayings, the past,
habits, worries, stories, questions about others. All of it is data, in `words/emergency/`. What no
rule foresees, a hunch may (`hunch.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, NamedTuple

from conversations.data import list_files, read_toml
from conversations.reading.signals.concepts import Concepts, Hits, Span
from conversations.reading.signals.disguise import undisguise
from conversations.reading.signals.hunch import has_hunch
from conversations.reading.signals.patterns import Fragments, compile_fragments
from conversations.reading.signals.rules import Rules
from conversations.reading.signals.spelling import mend
from conversations.reading.signals.spoken import Spoken, spoken

Emergency = Literal["emergency", "self_harm"]
_FOLDER = "reading/signals/words/emergency"
_LANGUAGES = f"{_FOLDER}/languages.toml"
# How it is told; kept when a saying covers it.
_TELLING = frozenset(
    {"now", "not_now", "habit", "worry", "certain", "story", "asking", "joke"}
    | {"resolved", "once_more"}
)


class _Sense(NamedTuple):
    """The word lists, read once."""

    names: frozenset[str]  # of all concepts
    glance: Concepts  # only what a rule waits for: most sentences are done after it
    concepts: Concepts
    always: Rules
    now: Rules
    self_harm: Rules
    elsewhere: Fragments
    elsewhere_masked: Fragments
    elsewhere_self_harm: Fragments


def read_emergency(text: str) -> Emergency | None:
    """Return `self_harm`, `emergency`, or None when nobody is in danger now.

    Self-harm goes before other danger, as its advice names both lines.
    """
    found = find_by_rules(text)
    if found is None and has_hunch(mend(spoken(text).line), meant_concepts):
        return "emergency"
    return found


def find_by_rules(text: str) -> Emergency | None:
    """Return what the rules alone find, as `read_emergency` does."""
    said = spoken(text)
    sense = _sense()
    if sense.elsewhere_self_harm.occur_in(said.line):
        return "self_harm"
    found = {_read_line(line, sense) for line in {said.line, mend(said.line), *undisguise(said)}}
    if "self_harm" in found:
        return "self_harm"
    if "emergency" in found or _speaks_other_language(said, sense):
        return "emergency"
    return None


def meant_concepts(words: list[str]) -> Hits:
    """Return the concepts in the words of one sentence, without those of sayings."""
    return _without_sayings(_sense().concepts.find(words))


def explain(text: str) -> list[str]:
    """Return the rules that the sentences of a text meet, as written; for those who tend them."""
    sense = _sense()
    met: list[str] = []
    for sentence in spoken(text).line.split(" . "):
        hits = meant_concepts(sentence.split())
        for rules in (sense.always, sense.now, sense.self_harm):
            met += rules.explain(hits)
    return met


def _read_line(line: str, sense: _Sense) -> Emergency | None:
    """Return what a line of plain words says, the gravest of its sentences."""
    found: Emergency | None = None
    for sentence in dict.fromkeys(line.split(" . ")):  # each once, however often it is said
        words = sentence.split()
        if not words or not sense.glance.find(words):
            continue
        meant = _judge(meant_concepts(words), sense)
        if meant == "self_harm":
            return meant
        found = found or meant
    return found


def _judge(hits: Hits, sense: _Sense) -> Emergency | None:
    """Return what the concepts of one sentence say together."""
    if "story" in hits:
        return None
    asks = "asking" in hits
    if sense.self_harm.find(hits):
        return None if asks else "self_harm"
    if "joke" in hits:
        return None
    if sense.always.find(hits):
        return None if asks or _is_over(hits) else "emergency"
    dangers = sense.now.find(hits)
    if dangers and _is_now(hits, dangers) and not asks:
        return "emergency"
    return None


def _is_over(hits: Hits) -> bool:
    """Tell whether a danger that lasts by its nature is said to be past and seen to."""
    return "past" in hits and "resolved" in hits and "once_more" not in hits


def _is_now(hits: Hits, dangers: list[Span]) -> bool:
    """Tell whether the dangers named in a sentence are there at this moment."""
    if "resolved" in hits and "once_more" not in hits:
        return False
    if "past" in hits or "habit" in hits:
        return "now" in hits and "not_now" not in hits
    if "worry" not in hits or "certain" in hits:
        return True
    # What is feared is named after the fear; "he hit me and won't let me leave" is none.
    first_worry = min(start for start, _ in hits["worry"])
    return any(end <= first_worry for _, end in dangers)


def _without_sayings(hits: Hits) -> Hits:
    """Return the concepts without those whose words belong to a saying ("fire hydrant")."""
    sayings = hits.get("saying")
    if not sayings:
        return hits
    kept: Hits = {}
    for name, spans in hits.items():
        free = spans
        if name not in _TELLING:
            free = [span for span in spans if not _is_covered(span, sayings)]
        if free:
            kept[name] = free
    return kept


def _is_covered(span: Span, sayings: list[Span]) -> bool:
    """Tell whether a saying shares words with a span that does not hold more than it."""
    start, end = span
    return any(
        first < end
        and start < last
        and not (start <= first and last <= end and span != (first, last))
        for first, last in sayings
    )


def _speaks_other_language(said: Spoken, sense: _Sense) -> bool:
    """Tell whether a key phrase of a language without concepts is in the message."""
    if not sense.elsewhere.occur_in(said.line):
        return False
    return sense.elsewhere.occur_in(sense.elsewhere_masked.take_out(said.line))


@cache
def _sense() -> _Sense:
    """Return the word lists of all files, ready to use."""
    phrases: dict[str, list[str]] = {}
    rules: dict[str, list[str]] = {}
    everyday: frozenset[str] = frozenset()
    for path in list_files(_FOLDER, "*.toml"):
        if path == _LANGUAGES:
            continue
        for name, table in read_toml(path).items():
            if name == "everyday":
                everyday = frozenset(table)
            elif name == "rules":
                _gather(rules, table.items())
            else:
                _gather(phrases, ((name, _read_phrases(text)) for text in table.values()))
    known = frozenset(phrases)
    always, now, self_harm = (
        Rules(rules[meaning], known, everyday) for meaning in ("always", "now", "self_harm")
    )
    waited_for = always.waiting_for | now.waiting_for | self_harm.waiting_for
    other: dict[str, Any] = read_toml(_LANGUAGES)
    return _Sense(
        names=known,
        glance=Concepts({name: phrases[name] for name in sorted(waited_for)}),
        concepts=Concepts(phrases),
        always=always,
        now=now,
        self_harm=self_harm,
        elsewhere=compile_fragments(other["inside_emergency"]),
        elsewhere_masked=compile_fragments(other["inside_mask"]),
        elsewhere_self_harm=compile_fragments(other["inside_self_harm"]),
    )


def _gather(into: dict[str, list[str]], lists: Iterable[tuple[str, list[str]]]) -> None:
    """Add named lists to those gathered so far."""
    for name, items in lists:
        into.setdefault(name, []).extend(items)


def _read_phrases(text: str) -> list[str]:
    """Return the phrases of one language's text, parted by commas."""
    return [phrase.strip() for phrase in text.replace("\n", " ").split(",") if phrase.strip()]
