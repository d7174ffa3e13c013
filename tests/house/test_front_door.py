"""The front door: each command as a person types it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import main
from bot import registry
from integrations.cities import CityPackError

ROOT = Path(__file__).resolve().parents[2]


def call(*words: str, said: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `main.py` with these words and this on standard input."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=ROOT, input=said, env={**kept, **environment}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


def test_read_writes_one_json_line_per_text() -> None:
    """The documented fields, for the documented example."""
    texts = [
        {"id": 1, "text": "theres rats in the lot at 5th and main", "city": "nyc"},
        {"id": "two", "text": "STOP", "city": "nyc", "language": "es"},
    ]
    done = call("read", said="".join(json.dumps(text) + "\n" for text in texts))
    first, second = (json.loads(line) for line in done.stdout.splitlines())

    assert set(first) == {
        "id", "intent", "language", "emergency", "opt_out", "request_types", "address", "yes_no",
        "number",
    }  # fmt: skip
    assert first["request_types"][0]["complaint_type"] == "Rodent"
    assert first["address"]["cross_streets"] == ["main"]
    assert (second["id"], second["opt_out"], second["intent"]) == ("two", "yes", "stop")


def test_read_answers_a_bad_line_and_goes_on() -> None:
    """A line that is not understood gives an error line, in its place."""
    done = call("read", said='not json\n{"id": 2, "text": "pothole", "city": "nyc"}\n')
    first, second = (json.loads(line) for line in done.stdout.splitlines())

    assert done.returncode == 0
    assert "error" in first
    assert second["request_types"][0]["complaint_type"] == "Street Condition"


def test_segments_counts_as_the_carrier() -> None:
    """160 characters of GSM-7 are one segment; one accent makes it UCS-2."""
    lines = [{"id": 1, "text": "a" * 160}, {"id": 2, "text": "á" + "a" * 159}]
    done = call("segments", said="".join(json.dumps(line) + "\n" for line in lines))
    first, second = (json.loads(line) for line in done.stdout.splitlines())

    assert first == {"id": 1, "encoding": "GSM-7", "segments": 1, "characters": 160}
    assert (second["encoding"], second["segments"]) == ("UCS-2", 3)


def test_list_prints_what_was_found() -> None:
    """Every kind of part is named with its parts."""
    found = {
        line.split()[0]: line.split(maxsplit=1)[1] for line in call("list").stdout.splitlines()
    }

    assert set(found) == {"cities", "providers", "languages", "flows", "channels", "chores"}
    assert "nyc" in found["cities"]
    assert {"twilio", "geoclient", "geosearch", "mapbox", "nyc311"} <= {
        name.strip() for name in found["providers"].split(",")
    }


@pytest.mark.parametrize("command", ["serve", "work", "chores", "sandbox", "migrate"])
def test_a_process_without_secrets_refuses_and_says_which(command: str) -> None:
    """Exit code 2, one line per missing secret, no traceback."""
    done = call(command)

    assert done.returncode == 2
    assert "TWILIO_AUTH_TOKENS is missing" in done.stderr
    assert "SECRET_KEYS is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_flow_is_said() -> None:
    """`flow draw` of nothing known names what there is."""
    done = call("flow", "draw", "nonsense")

    assert done.returncode == 2
    assert "report" in done.stderr


def test_a_malformed_part_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """`list` names the file that is wrong, without a traceback."""

    def refuse(_slug: str) -> None:
        raise CityPackError("tiny/city.toml", "phone", "Field required")

    monkeypatch.setattr(registry, "load_pack", refuse)
    done = CliRunner().invoke(main.app, ["list"])

    assert done.exit_code == 2
    assert "tiny/city.toml: phone: Field required" in done.output
    assert done.exc_info is not None
    assert done.exc_info[0] is SystemExit
