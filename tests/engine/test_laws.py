"""The laws of replay by name: what survives a change of facts, of arguments and of the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conversations.engine.flow import Flow
from conversations.engine.given import Given, Scene
from conversations.engine.replay import Asking, Ended, FlowError, Looking, replay
from conversations.engine.sampling import sample_given
from conversations.engine.script import Done, Question, Script, ask, ask_optional, known, look
from conversations.engine.talk import Fact, Frame
from conversations.vocabulary.effects import Say

COLOR: Question[str] = Question("color", "welcome.hello")
SHAPE: Question[str] = Question("shape", "welcome.hello")
SIZE: Question[int] = Question("size", "welcome.hello", restore=lambda value, _: int(value))
NOTE: Question[str] = Question("note", "welcome.hello", optional=True)


def _scene() -> Scene:
    return Scene(sample_given({}), "en")


def _flow(script: Any, *questions: Question[Any]) -> Flow:
    return Flow("trial", script, questions)


def _frame(**values: Any) -> Frame:
    return Frame("trial").with_facts(values)


def test_stops_at_the_first_unknown() -> None:
    """A script is run over what is known and stops at the first question that is not."""

    def script(scene: Scene) -> Script[Done]:
        yield from ask(COLOR)
        yield from ask(SHAPE)
        return Done()

    flow = _flow(script, COLOR, SHAPE)
    first = replay(flow, _frame(), _scene())
    second = replay(flow, _frame(color="red"), _scene())
    assert isinstance(first, Asking)
    assert first.wish.question is COLOR
    assert isinstance(second, Asking)
    assert second.wish.question is SHAPE
    assert second.path == ("color",)


def test_a_question_added_before_answered_ones_is_asked_and_nothing_is_lost() -> None:
    """A flow that changed while a conversation was open asks the new question only."""

    def changed(scene: Scene) -> Script[Done]:
        yield from ask(SIZE)
        color = yield from ask(COLOR)
        return Done((Say("welcome.hello", {"color": color}),))

    flow = _flow(changed, SIZE, COLOR)
    stop = replay(flow, _frame(color="red"), _scene())
    assert isinstance(stop, Asking)
    assert stop.wish.question is SIZE
    ended = replay(flow, _frame(color="red", size=3), _scene())
    assert isinstance(ended, Ended)
    assert ended.done.says[0].values["color"] == "red"


def test_a_fact_is_dropped_when_what_it_was_about_changes() -> None:
    """An answer about red is no answer about blue."""

    def script(scene: Scene) -> Script[Done]:
        color = yield from ask(COLOR)
        yield from ask(SHAPE, about=color)
        return Done()

    flow = _flow(script, COLOR, SHAPE)
    ended = replay(flow, _frame(color="red", shape="round"), _scene())
    assert isinstance(ended, Ended)
    bound = replace(_frame(), facts={**ended.facts, "color": Fact("blue")})
    stop = replay(flow, bound, _scene())
    assert isinstance(stop, Asking)
    assert stop.wish.question is SHAPE
    assert "shape" not in stop.facts


def test_a_look_is_keyed_by_its_arguments() -> None:
    """The same look-up is made once; other arguments or another attempt look again."""

    def script_with(args: Mapping[str, Any], attempt: int) -> Any:
        def script(scene: Scene) -> Script[Done]:
            found = yield from look("geocode", args, attempt=attempt)
            return Done((Say("welcome.hello", {"found": found}),))

        return script

    first = replay(_flow(script_with({"a": 1}, 0)), _frame(), _scene())
    assert isinstance(first, Looking)
    answered = replace(_frame(), looks={first.wish.key: {"status": "exact"}})
    assert isinstance(replay(_flow(script_with({"a": 1}, 0)), answered, _scene()), Ended)
    assert isinstance(replay(_flow(script_with({"a": 2}, 0)), answered, _scene()), Looking)
    assert isinstance(replay(_flow(script_with({"a": 1}, 1)), answered, _scene()), Looking)


def test_a_stored_value_that_means_nothing_any_more_is_asked_again() -> None:
    """A fact of an earlier release that cannot be restored is as good as unknown."""

    def script(scene: Scene) -> Script[Done]:
        yield from ask(SIZE)
        return Done()

    stop = replay(_flow(script, SIZE), _frame(size="huge"), _scene())
    assert isinstance(stop, Asking)
    assert "size" not in stop.facts


def test_a_skipped_question_is_none_and_not_asked_again() -> None:
    """SKIP is an answer to an optional question."""

    def script(scene: Scene) -> Script[Done]:
        note = yield from ask_optional(NOTE)
        return Done((Say("welcome.hello", {"note": note}),))

    ended = replay(_flow(script, NOTE), _frame(note=None), _scene())
    assert isinstance(ended, Ended)
    assert ended.done.says[0].values["note"] is None


def test_recalling_never_asks() -> None:
    """A volunteered fact is used when there is one; when not, the script goes on without."""

    def script(scene: Scene) -> Script[Done]:
        return Done((Say("welcome.hello", {"note": (yield from known(NOTE))}),))

    without = replay(_flow(script, NOTE), _frame(), _scene())
    with_it = replay(_flow(script, NOTE), _frame(note="hi"), _scene())
    assert isinstance(without, Ended)
    assert isinstance(with_it, Ended)
    assert with_it.done.says[0].values["note"] == "hi"


def test_asking_twice_or_undeclared_breaks_the_law() -> None:
    """A script may ask a name once per path, and only what its flow declares."""

    def twice(scene: Scene) -> Script[Done]:
        yield from ask(COLOR)
        yield from ask(COLOR)
        return Done()

    with pytest.raises(FlowError, match="twice"):
        replay(_flow(twice, COLOR), _frame(color="red"), _scene())
    with pytest.raises(FlowError, match="not among"):
        replay(_flow(twice, SHAPE), _frame(), _scene())


def test_replay_is_pure() -> None:
    """The same flow, frame and scene stop at the same place, and the frame is untouched."""

    def script(scene: Scene) -> Script[Done]:
        yield from ask(COLOR)
        yield from ask(SHAPE)
        return Done()

    flow, frame, given = _flow(script, COLOR, SHAPE), _frame(color="red"), sample_given({})
    before = frame.to_json()
    stops = [replay(flow, frame, Scene(given, "en")) for _ in range(2)]
    assert stops[0] == stops[1]
    assert frame.to_json() == before
    assert isinstance(given, Given)
