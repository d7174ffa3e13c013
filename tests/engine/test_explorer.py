"""The explorer finds what is wrong: it is worth nothing if it praises everything."""

from __future__ import annotations

from typing import Any

from conversations.engine.draw import draw, write_pages
from conversations.engine.explore import explore
from conversations.engine.flow import Flow, Samples
from conversations.engine.given import Scene
from conversations.engine.registry import discover_flows
from conversations.engine.script import Done, Option, Question, Script, ask
from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import Catalogue

OPENING = Samples(events=(("begun", {}),))


def _flow(script: Any, *questions: Question[Any], samples: Samples = OPENING) -> Flow:
    return Flow("trial", script, questions, starts_on="trial_begun", samples=samples)


def _explore(flow: Flow) -> list[str]:
    flows = {**discover_flows(), "trial": flow}
    return explore(flow, flows).problems


def test_a_dead_end_is_found() -> None:
    """A question that nothing answers has no way to an end."""
    stuck: Question[str] = Question("stuck", "consent.ask")

    def script(scene: Scene) -> Script[Done]:
        yield from ask(stuck)
        return Done((Say("consent.kept"),))

    assert any("no way to an end" in problem for problem in _explore(_flow(script, stuck)))


def test_a_missing_reply_is_found() -> None:
    """A flow that ends without a word leaves the resident without a reply."""
    sure: Question[bool] = Question("sure", "consent.ask")

    def script(scene: Scene) -> Script[Done]:
        yield from ask(sure, options=[Option("yes", {"sure": True})])
        return Done()

    assert any("no reply" in problem for problem in _explore(_flow(script, sure)))


def test_a_text_too_long_is_found() -> None:
    """A question that cannot be shortened into two segments is blamed."""
    sure: Question[bool] = Question("sure", "consent.ask")
    options = [Option("an option that goes on and on for ever " * 2, {"sure": True})] * 9

    def script(scene: Scene) -> Script[Done]:
        yield from ask(sure, options=options)
        return Done((Say("consent.kept"),))

    assert any("segments" in problem for problem in _explore(_flow(script, sure)))


def test_loops_come_to_an_end() -> None:
    """Two questions that lead to each other for ever are walked up to two rounds and left."""
    rounds: Question[int] = Question("rounds", "consent.ask")
    more: Question[bool] = Question("more", "consent.ask")

    def script(scene: Scene) -> Script[Done]:
        count = yield from ask(rounds, options=[Option("one", {"rounds": 1})])
        go_on = {"rounds": count + 1}
        options = [Option("on", go_on), Option("off", {"more": False})]
        yield from ask(more, about=count, options=options)
        return Done((Say("consent.kept"),))

    flow = _flow(script, rounds, more)
    found = explore(flow, {**discover_flows(), "trial": flow})
    assert found.asked == {"rounds", "more"}
    assert found.problems == []
    assert found.states < 20


def test_every_folder_gets_a_page() -> None:
    """The pages name each question in every language, and the diagram has its boxes."""
    flows = {
        name: flow for name, flow in discover_flows().items() if name.split(".")[0] != "report"
    }
    pages = write_pages(flows, Catalogue.load())
    assert set(pages) == {f"{name.partition('.')[0]}.md" for name in flows}
    assert "| `fixed` |" in pages["followup.md"]
    assert 'sure["sure"]' in draw(explore(flows["consent"], flows))
