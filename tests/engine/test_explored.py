"""Every flow is walked to its end over all classes of answers, and its page is fresh."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from conversations.engine.draw import write_page
from conversations.engine.explore import Exploration, explore
from conversations.engine.flow import Flow
from conversations.engine.registry import discover_flows
from conversations.wording.catalogue import Catalogue

FLOWS = discover_flows()
FOLDERS = sorted({name.partition(".")[0] for name in FLOWS})
DOCS = Path(__file__).parents[2] / "docs" / "flows"


@lru_cache
def _walk(name: str) -> Exploration:
    return explore(FLOWS[name], FLOWS)


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_holds(name: str) -> None:
    """No dead end; every state answers HELP, BACK, a language switch; one reply per message."""
    assert _walk(name).problems == []


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_asks_all_it_samples(name: str) -> None:
    """Every question the samples answer is really met on the walk."""
    assert set(FLOWS[name].samples.answers) <= _walk(name).asked


@pytest.mark.parametrize("folder", FOLDERS)
def test_page_is_fresh(folder: str, update: bool) -> None:
    """The page of a flow shows today's flow; `--update` rewrites it."""
    flows: list[Flow] = [FLOWS[name] for name in sorted(FLOWS) if name.split(".")[0] == folder]
    today = write_page(flows, FLOWS, Catalogue.load(), _walk)
    page = DOCS / f"{folder}.md"
    if update:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(today, encoding="utf-8")
        return
    assert page.read_text(encoding="utf-8") == today
