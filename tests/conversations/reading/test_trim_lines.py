"""`main.py trim` answers every line of a file, whatever is in it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from conversations.reading.jsonl import trim_lines

QUOTE = "\n\nOn 2 Nov 2026, at 10:15, City 311 wrote:\n> Fixed."


def answer(row: Any) -> dict[str, Any]:
    """Return the one answer to a row."""
    lines = list(trim_lines([row if isinstance(row, str) else json.dumps(row)]))
    assert len(lines) == 1
    found: dict[str, Any] = json.loads(lines[0])
    return found


def test_each_format_gives_the_reply() -> None:
    """A text, a page, and a raw mail as text or as base64 give what was typed in them."""
    raw = f"Subject: Re\nContent-Type: text/plain; charset=utf-8\n\nNo señor.{QUOTE}"
    rows: list[dict[str, Any]] = [
        {"format": "plain", "raw": f"No señor.{QUOTE}"},
        {"format": "html", "raw": "<p>No se&ntilde;or.</p><blockquote type=cite>x</blockquote>"},
        {"format": "eml", "raw": raw},
        {"format": "eml", "raw_b64": base64.b64encode(raw.encode()).decode()},
    ]
    for row in rows:
        assert answer({"id": 7, **row}) == {"id": 7, "reply": "No señor."}


def test_texts_we_sent_are_known() -> None:
    """`sent` names what we sent, which is cut without any mark."""
    ours = "Your report is with the city and we look at it this week or the next."
    row = {"id": 1, "format": "plain", "raw": f"No.\n\n{ours}", "sent": [ours]}
    assert answer(row)["reply"] == "No."


def test_a_long_mail_is_no_error() -> None:
    """A mail may be much longer than a text message."""
    body = "wort " * 60_000
    assert answer({"id": 1, "format": "plain", "raw": body})["reply"] == body.strip()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"id": 1, "raw": "x"}, "format is missing"),
        ({"id": 1, "raw": "x", "format": "rtf"}, "format is not"),
        ({"id": 1, "format": "plain"}, "raw is missing"),
        ({"id": 1, "format": "plain", "raw": 5}, "raw is not text"),
        ({"id": 1, "format": "eml", "raw_b64": "%%"}, "raw_b64 is not base64"),
        ({"id": 1, "format": "plain", "raw": "x", "sent": "y"}, "sent is not"),
    ],
)
def test_a_bad_row_gives_its_error(row: dict[str, Any], says: str) -> None:
    """A row that cannot be read gives its id and what is wrong with it."""
    found = answer(row)
    assert found["id"] == 1
    assert says in found["error"]


def test_what_is_no_json_gives_an_error() -> None:
    """A line that is not a JSON object gives an error in its place."""
    assert "not JSON" in answer("{")["error"]
    assert "not a JSON object" in answer("[]")["error"]
