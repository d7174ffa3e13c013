"""From the walk's page to a picture people can read: what is drawn and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import inspect
from webhooks.pages.playground.essence import essence

ORDER = ("kind", "where", "spot", "not_found", "which_place", "name", "confirm", "never_asked")
WAYS = [
    ("start", "kind"),
    ("start", "where"),
    ("start", "confirm"),
    ("kind", "where"),
    ("kind", "confirm"),
    ("where", "spot"),
    ("where", "not_found"),
    ("where", "which_place"),
    ("where", "confirm"),
    ("spot", "not_found"),
    ("not_found", "spot"),
    ("spot", "which_place"),
    ("which_place", "where"),
    ("which_place", "confirm"),
    ("not_found", "confirm"),
    ("name", "confirm"),
    ("confirm", "confirm"),
    ("confirm", "name"),
    ("confirm", "where"),
    ("confirm", "end"),
    ("where", "end"),
]


def test_only_ways_that_add_something_are_drawn() -> None:
    """Shortcuts past known facts, ways between alternatives and loops are left out."""
    names, lines = essence(ORDER, WAYS)
    assert names[:2] == ["start", "end"]
    assert "never_asked" not in names
    assert ("start", "kind") in lines
    assert ("start", "confirm") not in lines
    assert ("spot", "not_found") not in lines
    assert ("not_found", "spot") not in lines
    assert ("which_place", "where") not in lines
    assert ("confirm", "confirm") not in lines


def test_corrections_are_drawn_from_the_last_question() -> None:
    """From the read-back one sees where a correction leads."""
    _, lines = essence(ORDER, WAYS)
    assert {("confirm", "where"), ("confirm", "name"), ("confirm", "end")} <= set(lines)


def test_flow_that_only_tells_is_a_single_line() -> None:
    """The smallest flow still has a picture."""
    assert essence((), [("start", "end")]) == (["start", "end"], [("start", "end")])


def test_ways_are_read_from_the_committed_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of a flow folder gives each of its flows its own ways, labels left aside."""
    monkeypatch.setattr(inspect, "DIAGRAMS", tmp_path)
    (tmp_path / "report.md").write_text(
        '```mermaid\nflowchart TD\n    start(["text received"])\n'
        '    start -->|"a pothole, exact<br/>x"| confirm\n    confirm -->|"yes"| finish\n```\n'
    )
    (tmp_path / "followup.md").write_text(
        "## When `status_changed` happens\n    start --> fixed\n    fixed --> finish\n"
        "## When `handoff_ready` happens\n    start --> their_number\n"
    )
    assert inspect.flow_ways("report")[1] == {("start", "confirm"), ("confirm", "end")}
    assert inspect.flow_ways("followup.status_changed")[1] == {
        ("start", "fixed"),
        ("fixed", "end"),
    }
    assert inspect.flow_names()[0] == "report"
    for missing in ("no_such_flow", "welcome", "../../etc/passwd"):
        with pytest.raises(LookupError):
            inspect.flow_ways(missing)
