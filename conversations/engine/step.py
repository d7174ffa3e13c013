"""The step: one event in, the next talk and effects out. Pure; the engine behind one function.

The shell answers every `Look` among the effects with a `Learned` and steps again; a turn is over
when a step asks for none. What to send is `settle.settle` of all the turn's `Say`s, put into words
by `conversations.wording.fitting.compose`.
"""

from __future__ import annotations

from dataclasses import replace

from conversations.engine import happening, hearing, patience, silence
from conversations.engine.advance import Result, advance, learn
from conversations.engine.given import Given
from conversations.engine.talk import Talk
from conversations.vocabulary.effects import Say
from conversations.vocabulary.events import Event, Happened, Heard, Learned


def step(talk: Talk, event: Event, given: Given) -> Result:
    """Return the talk after an event, and what the shell has to do.

    Args:
        talk: the conversation so far.
        event: what came in.
        given: city, reader, clock and the rest that is outside.
    """
    if isinstance(event, Learned):
        talk, effects = advance(learn(talk, event), given)
    else:
        talk = replace(talk, looks=0, replying=isinstance(event, Heard))
        if isinstance(event, Heard):
            talk, effects = hearing.hear(talk, event, given)
        elif isinstance(event, Happened):
            talk, effects = happening.take_in(talk, event, given)
        else:
            talk, effects = patience.elapse(talk, event, given)
    says = [effect for effect in effects if isinstance(effect, Say)]
    return silence.remember_said(talk, says, given), effects
