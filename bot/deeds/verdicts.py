"""Deeds inside that keep what a resident says of how a request ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.deeds.asked import Turn
from bot.storage import persons, service_requests, verdicts
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob

WORST, BEST = 1, 5


def judge(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Keep its own resident's word on whether a request is fixed. `args`: `request_id`, `fixed`."""
    row, fixed = str(args["request_id"]), bool(args["fixed"])
    report = service_requests.read(connection, turn.vault, row)
    ids = persons.handles_of(connection, turn.resident_id)
    if report is not None and report.resident_id in ids:
        verdicts.judge(connection, turn.vault, row, fixed=fixed, now=turn.now)
    return []


def rate(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Keep how it was. `args`: `request_id`, `score` from 1 (poor) to 5 (great)."""
    score = min(max(int(args["score"]), WORST), BEST)
    verdicts.rate(connection, turn.vault, str(args["request_id"]), score, turn.now)
    return []
