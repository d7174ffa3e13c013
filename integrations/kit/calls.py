"""What goes into a call and what comes back: values without behaviour towards the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

PURPOSES = ("resident", "lookup", "poller")


@dataclass(frozen=True, slots=True)
class Policy:
    """How one provider wants to be called.

    Attributes:
        timeout_s: seconds one attempt may take, from connecting to the last byte.
        connect_s: seconds of them for connecting; running out of these means "not sent".
        deadline_s: seconds for everything: waiting, attempts and pauses between them.
        attempts: most attempts of a call that is safe to repeat.
        per_second: pace over all operations, or None for no limit of ours.
        poll_gap_s: seconds between two calls of purpose `poller` (the guide: 0.3).
        quota_daily: calls a day, or None for no limit.
        quota_floor: purpose to the share of the day's calls it must leave to the others.
        backoff_s: first and longest pause between attempts.
        breaker_reset_s: seconds an open breaker waits before it lets one probe through.
        max_bytes: the longest answer that is read.
    """

    timeout_s: float = 10.0
    connect_s: float = 5.0
    deadline_s: float = 30.0
    attempts: int = 5
    per_second: float | None = None
    poll_gap_s: float = 0.3
    quota_daily: int | None = None
    quota_floor: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_FLOOR))
    backoff_s: tuple[float, float] = (0.5, 30.0)
    breaker_reset_s: float = 60.0
    max_bytes: int = 1 << 20


DEFAULT_FLOOR: Mapping[str, float] = {"resident": 0.0, "lookup": 0.3, "poller": 0.6}
"""The poller may use 40 % of the day; 30 % are kept for residents' reports (RELIABILITY R17)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call, as an adapter wants it.

    Attributes:
        operation: our name for it (`submit`, `geocode`); goes into logs and metrics.
        method, url: as HTTP wants them; the URL without query.
        params, headers: query and header fields; secrets may be in both, they are never logged.
        json, form: the body, at most one of them; `form` takes a mapping or pairs.
        auth: user and password for HTTP Basic.
        idempotent: False for a call that changes the world; it is never repeated in doubt.
        purpose: `resident`, `lookup` or `poller`: who may use the last calls of the day.
        accepts: statuses besides 2xx that `parse` wants to see (404 for "no such").
        excerpt: names of fields of the body or query that may be logged when the call fails.
        max_bytes: the longest answer, where it differs from the policy's.
    """

    operation: str
    method: str
    url: str
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    json: Any = None
    form: Mapping[str, str] | tuple[tuple[str, str], ...] | None = None
    auth: tuple[str, str] | None = None
    idempotent: bool = True
    purpose: str = "resident"
    accepts: frozenset[int] = frozenset()
    excerpt: tuple[str, ...] = ()
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider answered. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; a ValueError (never quoting the body) when it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            pass
        raise ValueError("answer is not JSON")
