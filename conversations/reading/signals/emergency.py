"""Danger to life now: 911 advice. Danger of self-harm: 988 advice. Everything else is a report.

Two mistakes count: an emergency not seen, and a fire hydrant that sets off the alarm. So what only
sounds dangerous is taken out first; sentence by sentence, what is past, a habit, a worry or a story
is told from what is now; and letters disguised to dodge word lists are read as they look. The
patterns and how they work together stand in `words/emergency.toml`.
"""

from __future__ import annotations

import re
from functools import cache
from re import Pattern
from typing import Any, Literal, NamedTuple

from conversations.reading.signals.patterns import (
    Fragments,
    compile_by_language,
    compile_fragments,
    read_words,
)
from conversations.reading.signals.spoken import Spoken, spoken, to_line, to_starts

Emergency = Literal["emergency", "self_harm"]
_MASK = " #"
_HAS_DISGUISE = re.compile(r"[a-z][0-9@$*!|][a-z]|(?:(?<!\w)[a-z][ .*_-]){4}|[^\x00-\x7f]")
_SPELLED = re.compile(r"(?<!\w)(?:[a-z][ .*_-]){2,11}[a-z](?!\w)")
_MIXED_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-z]")
_LEET = str.maketrans("013457@$*!|", "oieastasiil")
_LEET_WORD = re.compile(r"[a-z]+[0-9@$*!|][a-z0-9@$*!|]*[a-z]")
_DISGUISES = str.maketrans(
    dict(zip("квмнтгзбӏɪʟᴋѕαετμβηωєѵɩłøđƙƁҝḳ", "kbmhtrzblilksaetubhwevilodkbkk", strict=True))
)


class _Rules(NamedTuple):
    """The patterns, compiled once."""

    triggers: frozenset[str]
    masks: Pattern[str]
    always: Pattern[str]
    now: Pattern[str]
    at_once: Pattern[str]
    past: Pattern[str]
    habit: Pattern[str]
    worry: Pattern[str]
    certain: Pattern[str]
    story: Pattern[str]
    asking: Pattern[str]
    self_harm: Pattern[str]
    inside_emergency: Fragments
    inside_mask: Fragments
    inside_self_harm: Fragments


def read_emergency(text: str) -> Emergency | None:
    """Return `self_harm`, `emergency`, or None when nobody is in danger now.

    Self-harm goes before other danger, as its advice names both lines.
    """
    said = spoken(text)
    rules = _rules()
    if rules.inside_self_harm.occur_in(said.line) and not _is_told(said.line, rules):
        return "self_harm"
    for line in _lines(said):
        if line is said.line and rules.triggers.isdisjoint(said.starts):
            continue
        found = _read_line(line, rules)
        if found:
            return found
    return "emergency" if _speaks_other_language(said, rules) else None


def _read_line(line: str, rules: _Rules) -> Emergency | None:
    """Return what one line of plain words says."""
    found: Emergency | None = None
    for part in line.split(" . "):
        if rules.triggers.isdisjoint(to_starts(part.split())):
            continue
        sentence = f" {part.strip()} "
        if not _may_be_danger(sentence, rules):
            continue
        sentence = rules.masks.sub(_MASK, sentence)
        if rules.triggers.isdisjoint(to_starts(sentence.split())):
            continue
        if rules.self_harm.search(sentence):
            if not rules.asking.search(line):
                found = "self_harm"
                break
        elif found is None and (rules.always.search(sentence) or _is_now(sentence, rules)):
            found = "emergency"
    return None if found and rules.story.search(line) else found


def _may_be_danger(sentence: str, rules: _Rules) -> bool:
    """Tell whether any pattern is met before the masks; most sentences are done here."""
    return bool(
        rules.now.search(sentence)
        or rules.always.search(sentence)
        or rules.self_harm.search(sentence)
    )


def _is_now(sentence: str, rules: _Rules) -> bool:
    """Tell whether a sentence without its end speaks of danger at this moment."""
    danger = rules.now.search(sentence)
    if not danger:
        return False
    if rules.past.search(sentence) or rules.habit.search(sentence):
        return bool(rules.at_once.search(sentence))
    # A worry goes before what is feared; "he hit me and won't let me leave" is none.
    worry = rules.worry.search(sentence, 0, danger.end())
    return not worry or bool(rules.certain.search(sentence))


def _is_told(line: str, rules: _Rules) -> bool:
    """Tell whether a line tells a story or asks about the subject."""
    return bool(rules.story.search(line) or rules.asking.search(line))


def _speaks_other_language(said: Spoken, rules: _Rules) -> bool:
    """Tell whether a key phrase of a language without patterns is in the message."""
    if not rules.inside_emergency.occur_in(said.line):
        return False
    return rules.inside_emergency.occur_in(rules.inside_mask.take_out(said.line))


def _lines(said: Spoken) -> tuple[str, ...]:
    """Return the line, and a second one with disguised letters written plainly if it has any."""
    if not _HAS_DISGUISE.search(said.folded):
        return (said.line,)
    plain = _MIXED_WORD.sub(_undisguise_word, said.folded)
    plain = _LEET_WORD.sub(lambda found: found[0].translate(_LEET), plain)
    plain = _SPELLED.sub(lambda found: re.sub(r"[ .*_-]", "", found[0]), plain)
    return (said.line, to_line(plain)) if plain != said.folded else (said.line,)


def _undisguise_word(found: re.Match[str]) -> str:
    """Return a word that mixes Latin with look-alike letters in Latin only."""
    word = found[0]
    return word.translate(_DISGUISES) if not word.isascii() and _LATIN.search(word) else word


@cache
def _rules() -> _Rules:
    """Return the compiled patterns."""
    words: dict[str, Any] = read_words("emergency")
    parts = words["parts"]
    return _Rules(
        triggers=frozenset(words["triggers"]),
        masks=compile_by_language(words["masks"], parts),
        always=compile_by_language(words["always"], parts),
        now=compile_by_language(words["now"], parts),
        at_once=compile_by_language(words["at_once"], parts),
        past=compile_by_language(words["past"], parts),
        habit=compile_by_language(words["habit"], parts),
        worry=compile_by_language(words["worry"], parts),
        certain=compile_by_language(words["certain"], parts),
        story=compile_by_language(words["story"], parts),
        asking=compile_by_language(words["asking"], parts),
        self_harm=compile_by_language(words["self_harm"], parts),
        inside_emergency=compile_fragments(words["inside_emergency"]),
        inside_mask=compile_fragments(words["inside_mask"]),
        inside_self_harm=compile_fragments(words["inside_self_harm"]),
    )
