"""Hearing one message: who gets to answer it, in order. The first that answers ends it.

Emergencies come before everything. Then consent, the question who it is, words that work anywhere,
corrections, the question that was asked, digressions, a new flow; and at the end repair, which
always answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conversations.engine import (
    answering,
    commands,
    consent,
    correction,
    digression,
    emergency,
    handing,
    happening,
    identity,
    language,
    patience,
    repair,
    routing,
    silence,
)
from conversations.engine.advance import MAX_LOOKS, Result, asked_of, learn, stop_of
from conversations.engine.given import Given, Scene
from conversations.engine.replay import Looking
from conversations.engine.script import Hearing
from conversations.engine.talk import Talk
from conversations.reading.result import Reading
from conversations.vocabulary.effects import Effect
from conversations.vocabulary.events import Heard, Learned

Handler = Callable[[Talk, Hearing, Given], Result | None]

HANDLERS: tuple[Handler, ...] = (
    emergency.advise,
    consent.weigh,
    identity.guard,
    commands.obey,
    patience.offer_draft,
    digression.divert,
    correction.correct,
    answering.answer,
    digression.digress,
    routing.begin,
    repair.mend,
)


def hear(talk: Talk, heard: Heard, given: Given) -> Result:
    """Return the talk and effects after a message of the resident."""
    talk = _catch_up(_forget_gone(talk, given), given)
    if heard.away_since is not None:
        talk = identity.begin(talk, heard.away_since, given)
    if talk.is_with_person(given.now):
        if talk.top is None:  # else we have just asked whether to stop texting
            return handing.relay(talk, heard, given)
    else:
        talk = replace(talk, with_person=None)
    talk, silent = silence.listen(talk, heard, given.now)
    if silent is not None and silent is not silence.Silence.MACHINE:
        return talk, ()
    reading = given.reader.read(heard.text, talk.language)
    if (
        silent is not None and reading.emergency is None
    ):  # whoever is in danger is told whom to call
        return talk, ()
    talk = language.follow(talk, reading, given)
    before: tuple[Effect, ...] = ()
    if talk.doubt is not None and talk.doubt.asked:
        settled = identity.settle(talk, heard, reading, given)
        if settled.result is not None:
            return settled.result
        talk, before = _tell(settled, given)
        if settled.heard is None and settled.told:
            return talk, before
        if settled.heard is not None:
            heard, reading = settled.heard, given.reader.read(settled.heard.text, talk.language)
    talk, effects = _answer(talk, heard, reading, given)
    return talk, (*before, *effects)


def _tell(settled: identity.Settled, given: Given) -> Result:
    """Tell what had to wait until it was clear who is there."""
    talk, effects = settled.talk, settled.effects
    for event in settled.told:
        talk, more = happening.take_in(talk, event, replace(given, away_since=None))
        effects = (*effects, *more)
    return talk, effects


def _answer(talk: Talk, heard: Heard, reading: Reading, given: Given) -> Result:
    """Return the talk and effects after whoever may answer this message first."""
    if talk.offer is not None:
        taken = patience.take_up(talk, reading, given)
        if taken.result is not None:
            return taken.result
        talk = taken.talk
        if taken.heard is not None:
            heard, reading = taken.heard, given.reader.read(taken.heard.text, talk.language)
    for handler in HANDLERS:
        result = handler(talk, _attend(talk, heard, reading, given), given)
        if result is not None:
            return identity.check(talk, heard, result, given)
    raise AssertionError("repair answers every message")


def _forget_gone(talk: Talk, given: Given) -> Talk:
    """Return the talk without frames of flows that were taken out of the house meanwhile."""
    frames = tuple(frame for frame in talk.frames if frame.flow in given.flows)
    draft = talk.draft if talk.draft and talk.draft.flow in given.flows else None
    offer = talk.offer if draft is not None else None
    return replace(talk, frames=frames, draft=draft, offer=offer)


def _catch_up(talk: Talk, given: Given) -> Talk:
    """Return the talk with its question still open, which an earlier release put.

    A look that a flow has got since then stands before that question. It counts as unavailable:
    the answer that the resident gives now is worth more than what it could find.
    """
    tried = talk
    for _ in range(MAX_LOOKS):
        stop = stop_of(tried, given)
        if tried.top is None or tried.top.asked is None or not isinstance(stop, Looking):
            break
        tried = learn(tried, Learned(stop.wish.key, None))
    return tried if asked_of(tried, given) is not None else talk


def _attend(talk: Talk, heard: Heard, reading: Reading, given: Given) -> Hearing:
    """Return the message as the frame on top sees it."""
    frame = talk.top
    scene = Scene(given, talk.language, frame.data if frame else {})
    return Hearing(reading, frame.values() if frame else {}, scene, heard.photos, heard.about)
