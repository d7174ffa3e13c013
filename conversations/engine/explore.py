"""Walking every path of a flow over classes of equivalent answers, to prove that it holds.

A state is (flow, facts known, question asked). From each one every option, every sample answer
and every way a look-up can end is tried, loops up to two rounds. In each state HELP, BACK and a
language switch must be answered, every message must get exactly one reply of at most two segments,
and an end must be within reach.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conversations.engine.advance import asked_of, options_of, stop_of
from conversations.engine.flow import Flow
from conversations.engine.given import Given
from conversations.engine.replay import Asking
from conversations.engine.sampling import sample_given
from conversations.engine.settle import settle
from conversations.engine.step import step
from conversations.engine.talk import Frame, Talk
from conversations.reading.result import Reading
from conversations.reading.segments import count_segments
from conversations.vocabulary.effects import Do, Look, Say
from conversations.vocabulary.events import Event, Happened, Heard, Learned
from conversations.wording.catalogue import MAX_SEGMENTS
from conversations.wording.fitting import compose

ROUNDS = 2
MAX_STATES = 5000
START, END = "start", "end"
NOT_UNDERSTOOD = "not understood"
_COMMANDS = ("help", "back", "menu", "restart", "skip", "repeat", "person", "status", "language:es")
_NONSENSE = "qwxz"


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a question to the next. `label` says by which answer and look-up."""

    source: str
    label: str
    target: str


@dataclass(slots=True)
class Exploration:
    """What a walk found.

    Attributes:
        edges: every way, by question name.
        asked: question names that were asked.
        states: how many different states were met.
        problems: broken laws, in words; empty when the flow holds.
    """

    edges: set[Edge] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    states: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one message or happening ended, for one way its look-ups may end."""

    talk: Talk
    says: tuple[Say, ...]
    does: tuple[Do, ...]
    looks: tuple[str, ...]


def _readings(flow: Flow) -> dict[str, Reading]:
    """Return every text of the walk with its reading."""
    samples = flow.samples
    pairs = [*samples.opening, *(pair for group in samples.answers.values() for pair in group)]
    found = {reading.text: reading for _, reading in pairs}
    for number in range(1, 10):
        found.setdefault(str(number), Reading(str(number), number=number))
    for command in _COMMANDS:
        found[command] = Reading(command, command=command)
    return found


def _outline(value: Any) -> Any:
    """Return what counts of a fact: single words and yes or no as they are, else only the sort."""
    plain = isinstance(value, bool) or (isinstance(value, str) and " " not in value)
    return value if plain else type(value).__name__


class Walk:
    """One walk through one flow. `explore` is its front door."""

    def __init__(self, flow: Flow, flows: Mapping[str, Flow]) -> None:
        """Take the flow to walk and all flows it may lead to."""
        self.flow = flow
        self.given: Given = replace(sample_given(_readings(flow)), flows=flows)
        self.found = Exploration()
        self._ways: dict[str, set[str]] = {}
        self._asks: dict[str, str] = {}
        self._known_looks = dict(flow.samples.looks)
        for other in flows.values():
            for name, answers in other.samples.looks.items():
                self._known_looks.setdefault(name, answers)

    def run(self) -> Exploration:
        """Walk from every beginning until nothing new is met."""
        queue: deque[tuple[Talk, Counter[str]]] = deque()
        for label, talk, event in self._beginnings():
            for outcome in self._outcomes(talk, event):
                self._judge(START, label, outcome)
                self._connect(START, label, outcome)
                queue.append((outcome.talk, Counter()))
        while queue and len(self._ways) < MAX_STATES:
            talk, visits = queue.popleft()
            name, key = self._name(talk), self._key(talk)
            if key in self._ways or name == END or visits[name] > ROUNDS:
                continue
            visits = visits + Counter({name: 1})
            queue.extend((after, visits) for after in self._visit(name, key, talk))
        self.found.states = len(self._ways)
        self._check_ends()
        self._check_all_declared()
        return self.found

    def _visit(self, name: str, key: str, talk: Talk) -> Iterator[Talk]:
        """Try everything in one state; yield the talks it leads to."""
        self._check_words_anywhere(name, talk)
        self._asks[key] = name
        ways = self._ways.setdefault(key, set())
        for label, event in self._answers(talk):
            for outcome in self._outcomes(talk, event):
                self._judge(name, label, outcome)
                self._connect(name, label, outcome)
                ways.add(self._key(outcome.talk))
                yield outcome.talk

    def _key(self, talk: Talk) -> str:
        """Return what makes a state different: the question as put, and the facts it rests on."""
        frame, stop = talk.top, stop_of(talk, self.given)
        if self._name(talk) == END or frame is None or not isinstance(stop, Asking):
            return END
        passed = {name: _outline(frame.facts[name].value) for name in stop.path}
        options = len(stop.wish.options)
        return json.dumps([stop.wish.phrase, options, frame.misses, passed], sort_keys=True)

    def _name(self, talk: Talk) -> str:
        """Return the question a talk waits on, or END when the flow no longer speaks."""
        frame = talk.top
        if frame is None or frame.flow != self.flow.name or frame.asked is None:
            return END
        return frame.asked

    def _beginnings(self) -> Iterator[tuple[str, Talk, Event]]:
        talk = Talk.new("en")
        for label, reading in self.flow.samples.opening:
            yield label, talk, Heard(reading.text)
        for label, facts in self.flow.samples.carried:
            yield label, talk.push(Frame(self.flow.name).with_facts(facts)), Heard("repeat")
        for label, data in self.flow.samples.events:
            yield label, talk, Happened(self.flow.starts_on, data)

    def _answers(self, talk: Talk) -> Iterator[tuple[str, Event]]:
        """Yield the classes of answers to the present question."""
        wish = asked_of(talk, self.given)
        if wish is None:
            return
        yield NOT_UNDERSTOOD, Heard(_NONSENSE)
        missed = talk.top is not None and talk.top.misses > 0
        if missed and wish.options:
            return  # a miss changes the words only; what it may be answered is tried without it
        for number, option in enumerate(options_of(talk, wish, self.given), start=1):
            if not option.command:
                yield option.label, Heard(str(number))
        if missed:
            return
        for label, reading in self.flow.samples.answers.get(wish.question.name, ()):
            yield label, Heard(reading.text)
        if wish.question.optional:
            yield "SKIP", Heard("skip")

    def _outcomes(self, talk: Talk, event: Event) -> list[Outcome]:
        """Return every way an event can end, one for each way its look-ups can end."""
        done: list[Outcome] = []
        open_ways: list[tuple[Talk, Event, Outcome]] = [(talk, event, Outcome(talk, (), (), ()))]
        while open_ways:
            before, cause, sofar = open_ways.pop()
            after, effects = step(before, cause, self.given)
            if Talk.from_json(json.loads(json.dumps(after.to_json()))) != after:
                self._blame(self._name(after), "does not survive being written down")
            says = (*sofar.says, *(item for item in effects if isinstance(item, Say)))
            does = (*sofar.does, *(item for item in effects if isinstance(item, Do)))
            outcome = Outcome(after, says, does, sofar.looks)
            looks = [item for item in effects if isinstance(item, Look)]
            if not looks:
                done.append(outcome)
            for look in looks:
                for label, answer in (*self._known_looks.get(look.name, ()), ("unavailable", None)):
                    way = Outcome(after, says, does, (*sofar.looks, label))
                    open_ways.append((after, Learned(look.key, answer), way))
        return done

    def _connect(self, source: str, label: str, outcome: Outcome) -> None:
        target = self._name(outcome.talk)
        if target != END:
            self.found.asked.add(target)
        if label == NOT_UNDERSTOOD:
            return
        self.found.edges.add(Edge(source, ", ".join((label, *outcome.looks)), target))

    def _judge(self, source: str, label: str, outcome: Outcome) -> None:
        """Check that a message got exactly one reply, in two segments at most."""
        said = settle(outcome.says)
        text = compose(self.given.catalogue, outcome.talk.language, said)
        if not text and not self.flow.silent:
            self._blame(source, f"gets no reply to {label}")
        elif count_segments(text).segments > MAX_SEGMENTS:
            self._blame(source, f"answers {label} with a text of more than {MAX_SEGMENTS} segments")
        if outcome.talk.top is not None and not any(say.asks for say in said):
            self._blame(source, f"waits after {label} without having asked")

    def _check_words_anywhere(self, name: str, talk: Talk) -> None:
        wish = asked_of(talk, self.given)
        if wish is not None and wish.options and talk.top is not None and talk.top.misses:
            return  # the same question with the same choices was checked before the miss
        facts = talk.top.values() if talk.top else {}
        for command in _COMMANDS:
            for outcome in self._outcomes(talk, Heard(command)):
                self._judge(name, command, outcome)
                kept = outcome.talk.top.values() if outcome.talk.top else {}
                if command in ("help", "repeat", "language:es") and kept != facts:
                    self._blame(name, f"forgets facts on {command}")

    def _check_ends(self) -> None:
        """Blame every question from which no end can be reached."""
        good = {END}
        grown = True
        while grown:
            more = {key for key, ways in self._ways.items() if key not in good and ways & good}
            good |= more
            grown = bool(more)
        # A state cut off by the limit on rounds is fine when the same question ends elsewhere.
        for name in sorted(set(self._asks.values()) - {self._asks.get(key, "") for key in good}):
            self._blame(name, "has no way to an end")

    def _check_all_declared(self) -> None:
        declared = {question.name for question in self.flow.questions}
        for name in sorted(self.found.asked - declared):
            self._blame(name, "is asked and not declared")

    def _blame(self, where: str, what: str) -> None:
        problem = f"{self.flow.name}, {where}: {what}"
        if problem not in self.found.problems:
            self.found.problems.append(problem)


def explore(flow: Flow, flows: Mapping[str, Flow]) -> Exploration:
    """Walk a flow and return what was found.

    Args:
        flow: the flow to walk.
        flows: all flows, for those it leads to.
    """
    return Walk(flow, flows).run()
