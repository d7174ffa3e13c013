"""Calling in a person: the request is stored once a day, the answer tells hours and phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conversations.engine.advance import Result, advance, scene_of
from conversations.engine.given import Given
from conversations.engine.talk import Talk
from conversations.vocabulary.effects import Do, Effect, Say

_ONCE_IN = timedelta(hours=24)


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
    hours = given.city.office_hours
    said = {
        "phone": given.city.phone,
        "hours": (hours.get(talk.language) or next(iter(hours.values()), "")).rstrip(" ."),
    }
    effects.append(Say("person.open" if given.office_open else "person.closed", said))
    resting = given.flows.get(talk.top.flow) if talk.top else None
    if resting is not None and resting.rests:
        talk = talk.pop()
    if talk.top is None:
        return talk, tuple(effects)
    talk, asked = advance(replace(talk, brief=True), given)
    return talk, (*effects, *asked)
