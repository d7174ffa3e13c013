"""Times as the city says them: today the time alone, else the day with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conversations.wording.moments import write_moment

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # 9:30 in New York
NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("language", "when", "beside", "said"),
    [
        ("en", "2026-11-23T14:02:00+00:00", None, "9:02 AM"),
        ("es", "2026-11-23T14:02:00+00:00", None, "9:02"),
        ("en", "2026-11-23T04:30:00+00:00", None, "Nov 22 11:30 PM"),
        ("es", "2026-11-22T14:02:00+00:00", None, "22 nov 9:02"),
        ("en", "2026-11-21T14:03:00+00:00", "2026-11-21T14:02:00+00:00", "9:03 AM"),
        ("en", "2026-11-23T05:01:00+00:00", "2026-11-23T04:59:00+00:00", "Nov 23 12:01 AM"),
    ],
)
def test_moment(language: str, when: str, beside: str | None, said: str) -> None:
    """The day is the city's own, and is said when it is not clear from what stands before."""
    assert write_moment(language, when, NOW, NEW_YORK, beside) == said
