"""Running the frame on top until it needs the resident, needs a look-up, or nothing is left to do.

Everything that changes a talk ends here, so that this is the one place where questions are put,
ended flows give way to the ones below, and what had to wait gets its turn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conversations.engine.flow import Flow
from conversations.engine.given import Given, Scene
from conversations.engine.replay import Asking, Ended, Looking, Stop, replay
from conversations.engine.script import Asked, Option
from conversations.engine.talk import Frame, Lead, Talk
from conversations.vocabulary.effects import Effect, Look, Remind, Say
from conversations.vocabulary.events import Learned

MAX_LOOKS = 6  # per turn; the shell gives them eight seconds together
RESCUE_AFTER = 2  # misses
_MAX_ROUNDS = 20

Result = tuple[Talk, tuple[Effect, ...]]


def scene_of(talk: Talk, frame: Frame, given: Given) -> Scene:
    """Return what the frame's script may see."""
    return Scene(given, talk.language, frame.data)


def follow_up_of(kind: str, given: Given) -> Flow | None:
    """Return the flow that takes up a kind of happening, or None."""
    flows = given.flows.values()
    return next((flow for flow in flows if flow.starts_on and flow.starts_on == kind), None)


def stop_of(talk: Talk, given: Given) -> Stop | None:
    """Return where the frame on top stands, or None at rest or when its flow is gone."""
    frame = talk.top
    flow = given.flows.get(frame.flow) if frame else None
    if frame is None or flow is None:
        return None
    return replay(flow, frame, scene_of(talk, frame, given))


def asked_of(talk: Talk, given: Given) -> Asked | None:
    """Return the question the resident was asked and has not answered, as it was put."""
    frame = talk.top
    stop = stop_of(talk, given)
    if frame is None or not isinstance(stop, Asking) or stop.wish.question.name != frame.asked:
        return None
    return stop.wish


def lead_with(talk: Talk, phrase: str, **values: Any) -> Talk:
    """Return the talk whose next question begins with a phrase."""
    return replace(talk, lead=Lead(phrase, values))


def advance(talk: Talk, given: Given) -> Result:
    """Return the talk and the effects after running what can be run."""
    effects: list[Effect] = []
    for _ in range(_MAX_ROUNDS):
        frame = talk.top
        if frame is None:
            if not talk.waiting or talk.is_with_person(given.now):
                break
            first, *rest = talk.waiting
            flow = follow_up_of(first.kind, given)
            talk = replace(talk, waiting=tuple(rest), lead=None)
            talk = talk.push(Frame(flow.name, data=first.data)) if flow else talk
            continue
        stop = stop_of(talk, given)
        if stop is None:  # the flow was taken out of the house while it was running
            talk = lead_with(talk.pop(), "repair.outdated")
            continue
        talk = talk.with_top(replace(frame, facts=stop.facts))
        if isinstance(stop, Looking):
            if talk.looks >= MAX_LOOKS:
                talk = learn(talk, Learned(stop.wish.key, None))
                continue
            talk = replace(talk, looks=talk.looks + 1)
            return talk, (*effects, Look(stop.wish.key, stop.wish.name, stop.wish.args))
        if isinstance(stop, Asking):
            talk, put = _put(talk, stop.wish, given)
            return talk, (*effects, *put)
        talk, ended = _end(talk, stop)
        effects.extend(ended)
        below = talk.top
        if below is not None and below.asked is not None and not talk.replying:
            break  # the world spoke in between; the resident still has the question before them
    return replace(talk, lead=None, brief=False), tuple(effects)


def learn(talk: Talk, event: Learned) -> Talk:
    """Return the talk with the answer to a Look noted in the frame that asked for it."""
    if talk.top is None:
        return talk
    answer = dict(event.answer) if event.answer is not None else None
    return talk.with_top(replace(talk.top, looks={**talk.top.looks, event.key: answer}))


def _end(talk: Talk, stop: Ended) -> Result:
    """Take an ended frame off; what it leads to, or the frame below, runs next."""
    talk = talk.pop()
    if stop.done.then:
        talk = talk.push(Frame(stop.done.then).with_facts(stop.done.carry))
    elif talk.top is not None:
        talk = replace(talk, brief=True)
    if stop.done.says:
        talk = replace(talk, lead=None)
    return talk, (*stop.done.does, *stop.done.says)


def options_of(talk: Talk, wish: Asked, given: Given) -> tuple[Option, ...]:
    """Return the numbered choices of a question: its own, or after two misses its rescue."""
    frame = talk.top
    if wish.options or frame is None or frame.misses < RESCUE_AFTER:
        return wish.options
    scene = scene_of(talk, frame, given)
    rescue = wish.question.rescue(scene)
    if wish.question.optional:
        rescue = (*rescue, Option(scene.text("choice.skip"), command="skip"))
    return (*rescue, Option(scene.text("choice.person"), command="person"))


def may_rephrase(wish: Asked) -> bool:
    """Return whether a question has other words for a miss; with choices only its usual form."""
    usual = wish.phrase == wish.question.phrase
    return bool(wish.question.again) and (usual or not wish.options)


def _say_question(talk: Talk, frame: Frame, wish: Asked, given: Given) -> Say:
    """Return the text that puts a question: in short, rephrased after a miss, or as it is."""
    question = wish.question
    values = dict(wish.values)
    if talk.lead is not None:
        values["lead"] = given.catalogue.phrase(talk.language, talk.lead.phrase, talk.lead.values)
    usual = wish.phrase == question.phrase
    if talk.brief and question.brief and usual:
        return Say(question.brief, values, asks=True)
    options = options_of(talk, wish, given)
    phrase = question.again if may_rephrase(wish) and frame.misses else wish.phrase
    if options and not wish.options:
        phrase = "repair.choose"
    return Say(phrase, values, tuple(option.label for option in options), asks=True)


def _put(talk: Talk, wish: Asked, given: Given) -> Result:
    """Ask a question, and set the patience that goes with it."""
    frame = talk.top
    assert frame is not None
    flow = given.flows[frame.flow]
    fresh = frame.asked != wish.question.name
    frame = replace(frame, asked=wish.question.name, misses=0 if fresh else frame.misses)
    talk = talk.with_top(frame)
    say = _say_question(talk, frame, wish, given)
    talk = replace(talk, lead=None, brief=False, asked_at=given.now)
    if flow.patient and not frame.nudged:
        return talk, (say, Remind("nudge", given.city.nudge_after_s))
    return talk, (say, Remind("park", given.city.park_after_s))
