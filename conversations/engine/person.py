"""Calling in a person: the request is stored once a day, the answer tells hours and phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from conversations.engine.advance import Result, advance, scene_of
from conversations.engine.given import Given
from conversations.engine.talk import Talk
from conversations.vocabulary.effects import Do, Effect, Say

_ONCE_IN = timedelta(hours=24)
_WEEK = timedelta(days=6)


def call_person(talk: Talk, given: Given, reason: str, text: str) -> Result:
    """Store that a person is wanted, tell when one is there, and put the question again in short.

    Args:
        talk: the conversation.
        given: the turn's surroundings.
        reason: `asked` or `not_understood`.
        text: the resident's last words, for whoever takes over.
    """
    effects: list[Effect] = []
    if talk.person_at is None or given.now - talk.person_at >= _ONCE_IN:
        frame = talk.top
        flow = given.flows.get(frame.flow) if frame else None
        about = (
            flow.summarise(frame.values(), scene_of(talk, frame, given)) if flow and frame else ""
        )
        words = text.strip()[:300] if any(char.isalpha() for char in text) else ""
        summary = " | ".join(part for part in (about, words) if part)
        effects.append(Do("hand_over", {"reason": reason, "summary": summary}))
        talk = replace(talk, person_at=given.now)
    hours = given.city.phone_hours
    said: dict[str, str] = {
        "phone": given.city.phone,
        "hours": (hours.get(talk.language) or next(iter(hours.values()), "")).rstrip(" ."),
    }
    effects.append(_tell_when(given, said))
    resting = given.flows.get(talk.top.flow) if talk.top else None
    if resting is not None and resting.rests:
        talk = talk.pop()
    if talk.top is None:
        return talk, tuple(effects)
    talk, asked = advance(replace(talk, brief=True), given)
    return talk, (*effects, *asked)


def _tell_when(given: Given, said: Mapping[str, str]) -> Say:
    """Return what is said of when a person reads it; a weekday is only clear within the week."""
    if given.office_open:
        return Say("person.open", said)
    opens = given.office_opens
    if opens is None or opens - given.now >= _WEEK:
        return Say("person.closed", said)
    return Say("person.closed_until", {**said, "when": opens.isoformat()})
