"""Lanes of the outbox: who goes first, and after how long a text is useless."""

from __future__ import annotations

from collections.abc import Iterable

STOP_AND_HELP, LIVE_REPLIES, CONFIRMATIONS, NOTICES = range(4)

KEEP_S = {
    STOP_AND_HELP: 300,  # the one confirmation of a stop is allowed within five minutes
    LIVE_REPLIES: 4 * 3600,
    CONFIRMATIONS: 72 * 3600,
    NOTICES: 24 * 3600,
}
"""Seconds until a text of each lane is dropped instead of sent late."""

DEED_KEEP_S = 72 * 3600
"""Seconds a deed that could not even be tried is kept trying; reports are not lost sooner."""

_NOTICES = {"status_changed", "status_digest", "elapsed"}


def lane_of(kinds: Iterable[str]) -> int:
    """Return the lane of a reply to events of these kinds (`heard`, or the kind that happened)."""
    kinds = set(kinds)
    if "heard" in kinds:
        return LIVE_REPLIES
    return NOTICES if kinds <= _NOTICES else CONFIRMATIONS


def expires_at(lane: int, now: int) -> int:
    """Return when a text of this lane is useless, milliseconds."""
    return now + KEEP_S[lane] * 1000
