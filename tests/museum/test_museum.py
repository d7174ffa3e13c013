"""Conversations that earlier releases left open must play through today's flows.

Each exhibit is a talk as it was stored (`<release>/<name>.json`) and how it went on (`.txt`). The
words may have changed since; what is done for the resident may not.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from conversations.engine import transcript as form
from conversations.engine.given import Given
from conversations.engine.playing import Player
from conversations.engine.talk import Talk
from conversations.engine.upcast import VERSION, lift
from conversations.reading.reader import Reader
from integrations.cities import load_city

HERE = Path(__file__).parent
EXHIBITS = sorted(HERE.glob("*/*.json"))
ANSWERS: dict[str, Any] = {
    path.name: json.loads(path.read_text())
    for path in (HERE.parent / "transcripts" / "answers").glob("*.json")
}
START = datetime(2025, 4, 26, 15, 0, tzinfo=UTC)


@lru_cache
def _given() -> Given:
    city = load_city("nyc")
    return Given(city, Reader(city), START)


@pytest.mark.parametrize("path", EXHIBITS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_plays_through_todays_flows(path: Path) -> None:
    """The same things are done as then, and every message is answered."""
    talk = Talk.from_json(json.loads(path.read_text(encoding="utf-8")))
    then = form.parse_transcript(path.with_suffix(".txt").read_text(encoding="utf-8"))
    now = Player(lambda _: _given(), START, talk.language, ANSWERS, talk).play(then)
    done_then = [line for line in then.lines if line.mark == form.DID]
    done_now = [line for line in now.lines if line.mark == form.DID]
    assert done_now == done_then
    assert form.Line(form.SAID, form.SILENCE) not in now.lines


@pytest.mark.parametrize("path", EXHIBITS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_is_lifted_to_today(path: Path) -> None:
    """Whatever its version, a stored talk is read and written back in today's form."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    lifted = Talk.from_json(stored).to_json()
    assert lifted["v"] == VERSION
    assert Talk.from_json(lifted).to_json() == lifted


def test_a_talk_of_a_later_release_is_refused() -> None:
    """After a rollback an unknown form is an error that names both versions, not a guess."""
    with pytest.raises(ValueError, match="version 99"):
        lift({"v": 99})


def test_this_release_is_in_the_museum() -> None:
    """Every flow that waits for the resident has an exhibit."""
    flows = {
        frame["flow"]
        for path in (HERE / "0.1.0").glob("*.json")
        for frame in json.loads(path.read_text(encoding="utf-8"))["frames"]
    }
    assert {"report", "welcome", "consent", "followup.status_changed"} <= flows
