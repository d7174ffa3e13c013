"""The clock of the embedded form: the sandbox's own, whoever moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.clock import MovableClock
from integrations.kit.sandbox.ahead import AHEAD_FILE
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.world import World

DAY = timedelta(days=1)
SLACK = timedelta(seconds=5)


async def test_moving_the_sandbox_moves_the_service(tmp_path: Path) -> None:
    """`POST /_sandbox/clock` alone moves the clock that the service reads."""
    app = create_sandbox(settings={"state_dir": str(tmp_path)}, only=("geosearch",))
    clock = MovableClock(tmp_path)
    before = clock.now()
    wire = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=wire, base_url="http://localhost") as http:
        await http.post("/_sandbox/clock", json={"advance_s": 86_400})
    clock.refresh()
    assert abs(clock.now() - before - DAY) < SLACK


def test_a_move_is_seen_without_being_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that nobody tells of the move reads it soon by itself."""
    clock = MovableClock(tmp_path)
    clock.now()
    World({"state_dir": str(tmp_path)}).advance(3600)
    monkeypatch.setattr("bot.clock.FRESH_S", 0.0)
    assert clock.now() - datetime.now(UTC) > timedelta(minutes=59)


def test_both_go_on_where_they_were(tmp_path: Path) -> None:
    """Twins and service that begin anew stand where the clock was moved to."""
    World({"state_dir": str(tmp_path)}).advance(86_400)
    again, clock = World({"state_dir": str(tmp_path)}), MovableClock(tmp_path)
    assert abs(again.now() - clock.now()) < SLACK
    assert clock.now() - datetime.now(UTC) > DAY - SLACK


@pytest.mark.parametrize("written", ["", "soon", "nan", "-5", "inf"])
def test_an_unreadable_file_moves_nothing(tmp_path: Path, written: str) -> None:
    """A file that holds no amount of seconds leaves the clock where it is."""
    (tmp_path / AHEAD_FILE).write_text(written)
    assert abs(MovableClock(tmp_path).now() - datetime.now(UTC)) < SLACK


def test_twins_without_a_folder_keep_no_file(tmp_path: Path, monkeypatch) -> None:
    """A world of a test moves its clock and writes nothing."""
    monkeypatch.chdir(tmp_path)
    World().advance(60)
    assert list(tmp_path.iterdir()) == []
