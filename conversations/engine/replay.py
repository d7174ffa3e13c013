"""Running a script over the facts known, up to the first thing it does not know.

Pure: the same flow, frame and scene always stop at the same place. A fact that was answered about
something else than the script asks it about now is forgotten here, and only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.engine.flow import Flow
from conversations.engine.given import Scene
from conversations.engine.script import Asked, Done, Looked, Question, Recalled, Wish
from conversations.engine.talk import Fact, Frame

MAX_WISHES = 200


class FlowError(Exception):
    """A script breaks a law of scripts. Found by exploring, before any resident meets it."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The script waits for the resident. `path` names the questions it passed, in order."""

    wish: Asked
    facts: Mapping[str, Fact]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looking:
    """The script waits for something to be looked up."""

    wish: Looked
    facts: Mapping[str, Fact]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """The script came to its end."""

    done: Done
    facts: Mapping[str, Fact]
    path: tuple[str, ...]


Stop = Asking | Looking | Ended
_UNKNOWN = object()


def _restore(question: Question[Any], value: Any, scene: Scene) -> Any:
    """Return a stored value as the script wants it; `_UNKNOWN` when it means nothing now."""
    if value is None and question.optional:
        return None
    try:
        return question.restore(value, scene)
    except (LookupError, TypeError, ValueError, AttributeError):
        return _UNKNOWN  # for example a request type the city has since dropped: ask again


class _Run:
    """The facts of one replay while it runs; local to `replay`."""

    def __init__(self, flow: Flow, frame: Frame, scene: Scene) -> None:
        self.flow, self.frame, self.scene = flow, frame, scene
        self.facts = dict(frame.facts)
        self.path: list[str] = []

    def answer(self, wish: Wish) -> Any:
        """Return what a wish gets, or `_UNKNOWN` when the script has to stop there."""
        if isinstance(wish, Looked):
            return self.frame.looks.get(wish.key, _UNKNOWN)
        question = wish.question
        if question not in self.flow.questions:
            raise FlowError(f"{self.flow.name}: {question.name} is not among the flow's questions")
        fact = self.facts.get(question.name)
        if isinstance(wish, Recalled):
            value = None if fact is None else _restore(question, fact.value, self.scene)
            return None if value is _UNKNOWN else value
        if question.name in self.path:
            raise FlowError(f"{self.flow.name}: {question.name} is asked twice on one path")
        if fact is None or fact.about not in (None, wish.about):
            self.facts.pop(question.name, None)
            return _UNKNOWN
        value = _restore(question, fact.value, self.scene)
        if value is _UNKNOWN:
            del self.facts[question.name]
            return _UNKNOWN
        self.facts[question.name] = Fact(fact.value, wish.about)
        self.path.append(question.name)
        return value


def replay(flow: Flow, frame: Frame, scene: Scene) -> Stop:
    """Return where a flow stands.

    Args:
        flow: the flow to run.
        frame: its facts and looked-up answers.
        scene: what the script may see.

    Raises:
        FlowError: the script asks a question twice, an undeclared one, or without end.
    """
    run = _Run(flow, frame, scene)
    script = flow.script(scene)
    answer: Any = None
    try:
        for _ in range(MAX_WISHES):
            wish = script.send(answer)
            answer = run.answer(wish)
            if answer is not _UNKNOWN:
                continue
            path = tuple(run.path)
            if isinstance(wish, Looked):
                return Looking(wish, run.facts, path)
            assert isinstance(wish, Asked)
            return Asking(wish, run.facts, path)
    except StopIteration as end:
        return Ended(end.value, run.facts, tuple(run.path))
    finally:
        script.close()
    raise FlowError(f"{flow.name}: more than {MAX_WISHES} wishes on one path")
