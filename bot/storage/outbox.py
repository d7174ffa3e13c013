"""What can be done with rows of the outbox before and between attempts: add, hold, find the due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.residents import SILENCES, why_silent
from bot.storage.tables import outbox, residents

_c = outbox.c
_REPLACE_HELD = (
    update(outbox)
    .where(
        _c.conversation_id.in_(bindparam("ids", expanding=True)),
        _c.state == "queued",
        _c.replaceable.is_(True),
    )
    .values(state="replaced", done_at=bindparam("at"))
)
_SUPPRESS = (
    update(outbox)
    .where(
        _c.resident_id == bindparam("resident"),
        _c.state == "queued",
        _c.kind == "send",
        _c.allowed_once.is_(False),
    )
    .values(state="suppressed", done_at=bindparam("at"))
)
_SUPPRESS_UNREACHABLE = (
    update(outbox)
    .where(
        _c.resident_id == bindparam("resident"),
        _c.state == "queued",
        _c.kind == "send",
    )
    .values(state="suppressed", error_code="unreachable", done_at=bindparam("at"))
)
_SILENT = select(residents.c.id, *SILENCES).where(
    residents.c.id.in_(bindparam("ids", expanding=True)),
    or_(*(silence.is_not(None) for silence in SILENCES)),
)
_DUE = (
    select(_c.id, _c.conversation_id, _c.kind, _c.lane)
    .where(
        _c.state == "queued",
        _c.next_attempt_at <= bindparam("now"),
        or_(_c.attempts > 0, _c.replaceable.is_(True), _c.queued_at < bindparam("before")),
    )
    .order_by(_c.lane, _c.next_attempt_at)
    .limit(bindparam("most"))
)
_NEXT_OF = (
    select(_c.id, _c.conversation_id, _c.kind, _c.lane)
    .where(
        _c.conversation_id.in_(bindparam("ids", expanding=True)),
        _c.state == "queued",
        _c.kind == "send",
        _c.next_attempt_at <= bindparam("now"),
    )
    .order_by(_c.id)
)
_COUNTS = (
    select(_c.provider, _c.state, func.count())
    .where(_c.state.in_(("queued", "sending", "unknown")))
    .group_by(_c.provider, _c.state)
)
_BY_DEDUPE = select(_c.id).where(_c.dedupe == bindparam("same"))


CAPPED = "capped"
"""Why a text stays unsent when its number, or its neighbours, had enough for today."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a text needs to be counted against a day's budget (`budgets.py`).

    Attributes:
        day: ISO date in the city's own time.
        last_words: what is sent instead when it is the last one of the day.
        known: its resident has filed a report before.
    """

    day: str
    last_words: str
    known: bool


@dataclass(frozen=True, slots=True)
class NewJob:
    """A row to add. `job` is plain JSON, sealed; the rest as in the table.

    `allowance` is None for what is never capped; `silent` is why it is not to be sent, or None.
    """

    conversation_id: str
    resident_id: str
    kind: str
    name: str
    provider: str
    lane: int
    dedupe: str
    job: Any
    next_attempt_at: int
    expires_at: int
    trace_id: str
    replaceable: bool = False
    allowed_once: bool = False
    allowance: Allowance | None = None
    silent: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that may be tried now, as the stream knows it."""

    id: str
    conversation_id: str
    kind: str
    lane: int


def add(connection: Connection, vault: Vault, jobs: Sequence[NewJob], now: int) -> list[Ready]:
    """Add rows in their order and return those that may be tried at once.

    What would go to a resident who said stop, or whom nothing reaches, is kept as `suppressed`.
    """
    silent = _silent(connection, jobs)
    rows: list[dict[str, Any]] = []
    for job in jobs:
        reason = _why_silent(job, silent)
        row = new_id()
        rows.append(
            {
                "id": row,
                "conversation_id": job.conversation_id,
                "resident_id": job.resident_id,
                "kind": job.kind,
                "name": job.name,
                "provider": job.provider,
                "lane": job.lane,
                "state": "queued" if reason is None else "suppressed",
                "error_code": reason,
                "dedupe": job.dedupe,
                "job_box": vault.seal("outbox.job", row, job.job),
                "replaceable": job.replaceable,
                "allowed_once": job.allowed_once,
                "attempts": 0,
                "next_attempt_at": job.next_attempt_at,
                "expires_at": job.expires_at,
                "trace_id": job.trace_id,
                "queued_at": now,
            }
        )
    if rows:
        connection.execute(outbox.insert(), rows)
    return [
        Ready(row["id"], row["conversation_id"], row["kind"], row["lane"])
        for row in rows
        if row["next_attempt_at"] <= now and row["state"] == "queued"
    ]


def find(connection: Connection, dedupe: str) -> str:
    """Return the id of the row with this key. Raises when there is none."""
    return str(connection.execute(_BY_DEDUPE, {"same": dedupe}).scalar_one())


def _silent(connection: Connection, jobs: Sequence[NewJob]) -> dict[str, Any]:
    """Return who of these sends' residents gets nothing, as of this transaction."""
    addressed = {job.resident_id for job in jobs if job.kind == "send"}
    if not addressed:
        return {}
    return {row.id: row for row in connection.execute(_SILENT, {"ids": list(addressed)})}


def _why_silent(job: NewJob, silent: Mapping[str, Any]) -> str | None:
    """Return why a job is not sent, or None."""
    if job.silent is not None:
        return job.silent
    found = silent.get(job.resident_id)
    if job.kind != "send" or found is None:
        return None
    return why_silent(found, job.lane, job.allowed_once)


def replace_held(connection: Connection, conversation_ids: Sequence[str], now: int) -> None:
    """Drop held replies of these conversations: a later one is about to be added."""
    connection.execute(_REPLACE_HELD, {"ids": list(conversation_ids), "at": now})


def suppress(connection: Connection, resident_id: str, now: int) -> None:
    """Drop everything that still waits to be texted to a resident who said stop."""
    connection.execute(_SUPPRESS, {"resident": resident_id, "at": now})


def suppress_unreachable(connection: Connection, resident_id: str, now: int) -> None:
    """Drop everything that still waits to be sent where nothing arrives."""
    connection.execute(_SUPPRESS_UNREACHABLE, {"resident": resident_id, "at": now})


def _ready(rows: Any) -> list[Ready]:
    return [Ready(row.id, row.conversation_id, row.kind, row.lane) for row in rows]


def due(connection: Connection, now: int, grace_ms: int, most: int) -> list[Ready]:
    """Return what may be tried now, upper lanes first.

    Rows never tried were announced when they were added, so they get `grace_ms` first.
    """
    which = {"now": now, "before": now - grace_ms, "most": most}
    return _ready(connection.execute(_DUE, which))


def next_of(connection: Connection, conversation_ids: Sequence[str], now: int) -> list[Ready]:
    """Return the sends that waited for an earlier one of their conversation."""
    parameters = {"ids": list(conversation_ids), "now": now}
    return _ready(connection.execute(_NEXT_OF, parameters))


def count_open(connection: Connection) -> dict[tuple[str, str], int]:
    """Return how many rows are open, by provider and state."""
    return {(row[0], row[1]): row[2] for row in connection.execute(_COUNTS)}
