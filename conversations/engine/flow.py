"""`Flow`: one conversation script with what the engine must know about it.

A flow folder's `flow.py` exposes `FLOWS`, a tuple of these. `engine.registry` finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import Answer, Done, Hearing, Question, Script
from conversations.reading.result import Reading


def _wants_nothing(hearing: Hearing) -> int:
    return 0


def _gathers_nothing(hearing: Hearing) -> Answer:
    return Answer()


def _summarise_nothing(known: Mapping[str, Any], scene: Scene) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Samples:
    """Classes of equivalent answers, for exploring a flow.

    Attributes:
        opening: label and readings of first messages that begin the flow.
        answers: question name to (label, reading) pairs; options are added by themselves.
        looks: Look name to (label, answer) pairs; Unavailable is added by itself.
        carried: label and facts with which another flow leads to this one.
        events: data of the `Happened` that begins the flow, for flows the world begins.
    """

    opening: tuple[tuple[str, Reading], ...] = ()
    answers: Mapping[str, tuple[tuple[str, Reading], ...]] = field(default_factory=dict)
    looks: Mapping[str, tuple[tuple[str, Any], ...]] = field(default_factory=dict)
    carried: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    events: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A script and its surroundings.

    Attributes:
        name: the folder's name, or `<folder>.<part>`.
        script: the generator function.
        questions: every question the script may ask or recall.
        wants: 0 to 100, how strongly a text that comes at rest begins this flow.
        gathers: facts a text holds besides the answer to what was asked.
        changes: what a resident may ask to change (`what`, `where`, ...) to what that does.
        swaps: facts in which "125 not 123" may replace a word.
        starts_on: the kind of `Happened` that begins it, or empty.
        patient: True for work worth a nudge, parking and taking up again.
        yields: True when a text that another flow wants ends it.
        summarise: what the frame is about in a few words, for a person or for "1 continue".
        rests: True for a mere menu, which nothing has to wait for.
        settles: names of flows whose open question about the same request this one answers.
        silent: True when it may end without a word: what it does was answered elsewhere.
        recalls: True when it tells or changes something of earlier: not before it is sure who asks.
        prompt: True when it goes on with what the resident just asked for: no question before it.
        samples: for exploring.
    """

    name: str
    script: Callable[[Scene], Script[Done]]
    questions: tuple[Question[Any], ...] = ()
    wants: Callable[[Hearing], int] = _wants_nothing
    gathers: Callable[[Hearing], Answer] = _gathers_nothing
    changes: Mapping[str, Answer] = field(default_factory=dict)
    swaps: tuple[str, ...] = ()
    starts_on: str = ""
    patient: bool = False
    yields: bool = False
    rests: bool = False
    settles: tuple[str, ...] = ()
    silent: bool = False
    recalls: bool = False
    prompt: bool = False
    summarise: Callable[[Mapping[str, Any], Scene], str] = _summarise_nothing
    samples: Samples = field(default_factory=Samples)

    def question(self, name: str) -> Question[Any] | None:
        """Return the question of that name, or None."""
        return next((item for item in self.questions if item.name == name), None)
