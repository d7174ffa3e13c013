"""Correcting what was said: "change address", "no, 125 not 123"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conversations.engine.advance import Result, advance, lead_with
from conversations.engine.given import Given
from conversations.engine.script import Hearing
from conversations.engine.talk import Frame, Talk
from conversations.reading.text import fold

_WORD = r"([\w-]{1,30})"


def _find_swap(hearing: Hearing) -> tuple[str, str] | None:
    """Return (wrong, right) of "125 not 123" or "not 123 but 125", folded, or None."""
    folded = fold(hearing.reading.text)
    scene = hearing.scene
    nots = "|".join(map(re.escape, scene.words("correction.nots")))
    buts = "|".join(map(re.escape, scene.words("correction.buts")))
    if not nots or not buts:
        return None
    after = re.search(rf"\b(?:{nots}) {_WORD}[ ,]+(?:{buts}),? {_WORD}", folded)
    if after:
        return after[1], after[2]
    before = re.search(rf"{_WORD},? (?:and )?(?:{nots}) {_WORD}[.!]?$", folded)
    return (before[2], before[1]) if before else None


def _replace_word(value: Any, wrong: str, right: str) -> Any:
    """Return a JSON value in which the whole word `wrong` is `right` in every text."""
    if isinstance(value, str):
        pattern = rf"(?<![\w-]){re.escape(wrong)}(?![\w-])"
        return re.sub(pattern, lambda _: right, value, flags=re.IGNORECASE)
    if isinstance(value, Mapping):
        return {key: _replace_word(item, wrong, right) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_word(item, wrong, right) for item in value]
    return value


def _swap(frame: Frame, names: tuple[str, ...], hearing: Hearing) -> dict[str, Any]:
    """Return the facts that a "125 not 123" changes, with their new values."""
    pair = _find_swap(hearing)
    if pair is None:
        return {}
    address = hearing.reading.address
    changed = {}
    for name in names:
        fact = frame.facts.get(name)
        if fact and isinstance(fact.value, Mapping) and address and address.street:
            continue  # "its bedford ave not broadway" is more than one word: the flow reads it
        value = _replace_word(fact.value, *pair) if fact else None
        if fact and value != fact.value:
            changed[name] = value
    return changed


def correct(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Change facts the resident takes back; the flow then asks only for what is missing."""
    frame = talk.top
    flow = given.flows.get(frame.flow) if frame else None
    if frame is None or flow is None:
        return None
    if swapped := _swap(frame, flow.swaps, hearing):
        fresh = replace(frame.with_facts(swapped), misses=0)
        return advance(lead_with(talk.with_top(fresh), "correction.done"), given)
    change = flow.changes.get(hearing.reading.change or "")
    if change is None:
        return None
    fresh = replace(frame.with_facts(change.facts, change.drops), misses=0)
    gathered = flow.gathers(replace(hearing, known=fresh.values()))
    fresh = fresh.with_facts(gathered.facts)
    lead = change.lead or "correction.ready"
    return advance(lead_with(talk.with_top(fresh), lead), given)
