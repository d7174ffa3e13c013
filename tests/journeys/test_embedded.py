"""Starting the embedded form: again at once, twice at a time, and where it cannot start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.house import ROOT, free_ports, open_house, start_process

PHONE = "+12125550177"

pytestmark = pytest.mark.slow


def _refusal(port: int, data_dir: Path, log: Path) -> str:
    """Return what a start that must fail says; it has to end by itself."""
    with start_process(["run"], port, data_dir, log, {}) as process:
        assert process.wait(60) == 2
    return log.read_text()


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    """The line names the port and what to do."""
    port = free_ports(5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        said = _refusal(port, tmp_path / "data", tmp_path / "log")

    assert len(said.splitlines()) == 1
    assert f"port {port} (web) is taken" in said


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    """The line names the folder."""
    (tmp_path / "data").write_text("a file stands where the folder should be")
    said = _refusal(free_ports(5), tmp_path / "data", tmp_path / "log")

    assert len(said.splitlines()) == 1
    assert "cannot write to the data folder" in said


async def test_it_starts_again_over_what_a_killed_one_left(tmp_path: Path) -> None:
    """A second one beside it is refused; killed hard, the next start clears up and remembers."""
    async with open_house(tmp_path) as house:
        await house.text(PHONE, "pothole")
        await house.wait_for_text(PHONE, lambda text: "Where" in text)
        beside = _refusal(free_ports(5), house.data_dir, tmp_path / "second.log")
        os.kill(house.process.pid, signal.SIGKILL)
        house.process.wait()
        port = house.port

    assert "CityHelper runs already" in beside
    again = await _run_again(tmp_path, port)
    assert "Check" in again or "check" in again


async def _run_again(tmp_path: Path, port: int) -> str:
    """Start over the same folder and port, and go on with the conversation."""
    async with open_house(tmp_path, port=port) as house:
        await house.text(PHONE, "123 broadway brooklyn")
        return await house.wait_for_text(PHONE, lambda text: "Broadway" in text)


@pytest.mark.parametrize(
    ("port", "line"),
    [
        ("many", "cityhelper: PORT is not a number"),
        ("0", "cityhelper: PORT must be from 1 to 65531: 5 in a row are used"),
        ("65532", "cityhelper: PORT must be from 1 to 65531: 5 in a row are used"),
    ],
)
def test_a_wrong_port_is_said(port: str, line: str) -> None:
    """PORT that is no number, or leaves no room for the ports after it, ends with one line."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "run"],
        env={**os.environ, "PORT": port}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stderr.splitlines() == [line]
