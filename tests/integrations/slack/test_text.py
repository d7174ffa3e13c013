"""Slack's text: what must be escaped, and reading its tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.slack.text import escape, read, unescape

KNOWN = json.loads((Path(__file__).parent / "vectors" / "slack_escaping.json").read_text())


@pytest.mark.parametrize("case", KNOWN["escape"], ids=lambda case: case["i"])
def test_escape(case: dict[str, Any]) -> None:
    """The three signs are escaped, and come back unchanged."""
    assert escape(case["i"]) == case["o"]
    assert unescape(escape(case["i"])) == case["i"]


@pytest.mark.parametrize("case", KNOWN["parse"], ids=lambda case: case["i"])
def test_read(case: dict[str, Any]) -> None:
    """Tokens become what a person sees."""
    assert read(case["i"]) == case["o"]


def test_an_escaped_token_stays_text() -> None:
    """What somebody typed as `<!channel>` is read as typed, not as a mention."""
    assert read("&lt;!channel&gt; &amp;lt;") == "<!channel> &lt;"
