"""Folding what waits for one conversation, before a turn plays it: news are told once.

After quiet hours or an outage several status changes may be due at once. Of those of one request
only the last is played; those of several requests become one digest. Pure: what is folded away is
marked with the event that stands for it, so all of them end in the same commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.storage.inbox import Waiting

NEWS, DIGEST = "status_changed", "status_digest"


@dataclass(frozen=True, slots=True)
class Folded:
    """An event to play. `rows` are all the events it stands for, in the order they came."""

    event: Waiting
    rows: tuple[Waiting, ...]


def fold(waiting: Sequence[Waiting]) -> list[Folded]:
    """Return what is to be played, in order.

    News of several requests are told where the last of them stood. One without a request's id
    cannot be told apart from another, and is played as it is.
    """
    news = [row for row in waiting if _request_of(row)]
    if len(news) < 2:
        return [Folded(row, (row,)) for row in waiting]
    latest = {_request_of(row): row for row in news}  # each where its request was first named
    last = news[-1]
    told = last if len(latest) == 1 else replace(last, event=_digest(list(latest.values())))
    folded = []
    for row in waiting:
        if row is last:
            folded.append(Folded(told, tuple(news)))
        elif row not in news:
            folded.append(Folded(row, (row,)))
    return folded


def _request_of(row: Waiting) -> str:
    """Return the request a row is news of, or an empty text."""
    if row.kind != "happened" or row.event["kind"] != NEWS:
        return ""
    return str(row.event["data"].get("request_id") or "")


def _digest(rows: Sequence[Waiting]) -> dict[str, Any]:
    return {"kind": DIGEST, "data": {"changes": [row.event["data"] for row in rows]}}
