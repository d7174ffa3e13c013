"""`main.py chat` with its input from a pipe: the same engine, and clear words for slips."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def chat(*lines: str, record: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one chat over some lines."""
    more = ["--record", str(record)] if record else []
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "chat", *more],
        input="".join(f"{line}\n" for line in lines), capture_output=True, text=True,
        timeout=90, check=False,
    )  # fmt: skip


def test_a_report_from_a_pipe_is_recorded(tmp_path: Path) -> None:
    """What is piped in is a conversation to its end, days later too, and becomes a transcript."""
    path = tmp_path / "kept.txt"
    # The chat begins at the present hour: after half a day more no quiet hour holds the news back.
    days = ("/time 5 days", "/time 12 hours")
    done = chat("pothole at 123 broadway brooklyn", "1", *days, record=path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "< Please check: Pothole, 123 Broadway, Brooklyn." in done.stdout
    assert "Tracking number NYC311-" in done.stdout
    assert "< " in done.stdout.partition("/time 5 days")[2]  # news of it, from the poller
    assert "> pothole at 123 broadway brooklyn" in path.read_text(encoding="utf-8")


def test_slips_are_said_and_the_talk_goes_on(tmp_path: Path) -> None:
    """A command that is not understood says how it is written, and ends nothing."""
    lines = ("/time", "/time soon", "/status", "/status X1", "/what", "hello")
    done = chat(*lines, record=tmp_path / "no" / "such.txt")
    assert done.stdout.count("  Say how long, for example: /time 30 minutes") == 2
    assert "  Say which request: /status NUMBER Closed" in done.stdout
    assert "  The city does not know that number or that status." in done.stdout
    assert "  No such command; /help lists them." in done.stdout
    assert "< Hello, this is CityHelper" in done.stdout
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"cityhelper: cannot write {tmp_path}/no/such.txt: No such file or directory"
    ]
