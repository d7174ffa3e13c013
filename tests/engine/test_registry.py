"""Flows are found by their folders, and a malformed one stops the start."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.engine.flow import Flow
from conversations.engine.given import Scene
from conversations.engine.registry import RegistryError, check_flow, discover_flows
from conversations.engine.script import Done, Question, Script
from conversations.wording.catalogue import Catalogue

ASKED: Question[Any] = Question("asked", "welcome.hello")


def _script(scene: Scene) -> Script[Done]:
    yield from ()
    return Done()


def test_finds_the_flows() -> None:
    """The three conversations and every follow-up are found."""
    found = discover_flows()
    assert {"welcome", "report", "status", "consent", "followup.filed"} <= set(found)


def test_every_happening_of_the_contract_has_a_follow_up() -> None:
    """Whatever the shell reports is taken up by a flow."""
    kinds = {flow.starts_on for flow in discover_flows().values()}
    assert kinds >= {
        "filed",
        "filing_unconfirmed",
        "filing_refused",
        "handoff_ready",
        "status_changed",
        "media_failed",
        "media_refused",
    }


@pytest.mark.parametrize(
    ("flow", "complaint"),
    [
        ("not a flow", "not a Flow"),
        (Flow("other", _script), "named after its folder"),
        (Flow("trial", _script, (ASKED, ASKED)), "two questions"),
        (Flow("trial", _script, (Question("x", "no.such_phrase"),)), "no phrase"),
    ],
)
def test_a_malformed_flow_fails_loudly(flow: object, complaint: str) -> None:
    """The error names the folder and what is wrong."""
    with pytest.raises(RegistryError, match=complaint) as raised:
        check_flow(flow, "trial", Catalogue.load())
    assert "flows/trial" in str(raised.value)
