"""What can be done with the outbox: add, claim with a lease, check, mark, find what is due.

The intent comes first: a row is `sending`, with an attempt id and a lease, and that is committed,
before anything leaves. A row found in `sending` after its lease is `unknown`: it may have happened
(RELIABILITY 5.1). Marks name their attempt, so a worker that woke up late changes nothing of
a newer attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, case, exists, func, or_, select, update

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.metadata import database_now
from bot.storage.tables import deliveries, outbox, residents

REPEATABLE = ("fetch_photos",)
"""Deeds that are safe to repeat: after a lapsed lease they are simply tried again."""

_c = outbox.c
_earlier = outbox.alias("earlier")
_blocked = exists().where(
    _earlier.c.conversation_id == _c.conversation_id,
    _earlier.c.kind == "send",
    _earlier.c.id < _c.id,
    _earlier.c.state.in_(("queued", "sending")),
    _earlier.c.next_attempt_at <= bindparam("now"),
)
_CLAIMABLE = (
    select(outbox, residents.c.opted_out_at)
    .join(residents, residents.c.id == _c.resident_id)
    .where(
        _c.id.in_(bindparam("ids", expanding=True)),
        _c.state == "queued",
        _c.next_attempt_at <= bindparam("now"),
        or_(_c.kind == "do", ~_blocked),
    )
    .order_by(_c.id)
    .with_for_update(of=outbox, skip_locked=True)
)
_CLAIM = (
    update(outbox)
    .where(_c.id == bindparam("row"))
    .values(
        state="sending",
        attempts=_c.attempts + 1,
        attempt_id=bindparam("attempt"),
        lease_until=database_now() + bindparam("lease_ms"),
    )
)
_SET_STATE = (
    update(outbox)
    .where(_c.id == bindparam("row"))
    .values(state=bindparam("to_state"), error_code=bindparam("code"), done_at=bindparam("at"))
)
_STILL_OURS = (
    select(_c.id, _c.attempt_id, residents.c.opted_out_at, _c.allowed_once)
    .join(residents, residents.c.id == _c.resident_id)
    .where(
        _c.id.in_(bindparam("ids", expanding=True)),
        _c.state == "sending",
        _c.lease_until > database_now() + bindparam("margin_ms"),
    )
)
_LOCK_ATTEMPTS = (
    select(_c.id, _c.attempt_id)
    .where(_c.id.in_(bindparam("ids", expanding=True)), _c.state.in_(("sending", "unknown")))
    .order_by(_c.id)
    .with_for_update()
)
_MARK = (
    update(outbox)
    .where(_c.id == bindparam("row"))
    .values(
        state=bindparam("to_state"),
        error_code=bindparam("code"),
        done_at=bindparam("at"),
        next_attempt_at=bindparam("next_at"),
        lease_until=None,
    )
)
_END = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("attempt"))
    .values(
        ended_at=bindparam("at"),
        outcome=bindparam("how"),
        error_code=bindparam("code"),
        message_hash=bindparam("message"),
    )
)
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
_STOPPED = select(residents.c.id).where(
    residents.c.id.in_(bindparam("ids", expanding=True)), residents.c.opted_out_at.is_not(None)
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
_LAPSED = (
    update(outbox)
    .where(_c.state == "sending", _c.lease_until < database_now())
    .values(
        state=case((_c.name.in_(REPEATABLE), "queued"), else_="unknown"),
        error_code="lease_lapsed",
        next_attempt_at=case(
            (_c.kind == "send", bindparam("later", type_=BigInteger)),
            else_=bindparam("now", type_=BigInteger),
        ),
    )
    .returning(_c.id)
)
_UNKNOWN = (
    select(outbox)
    .where(_c.state == "unknown", _c.next_attempt_at <= bindparam("now"))
    .order_by(_c.next_attempt_at)
    .limit(bindparam("most"))
)
_POSTPONE = (
    update(outbox)
    .where(_c.id == bindparam("row"), _c.state == "unknown")
    .values(next_attempt_at=bindparam("next_at"))
)
_COUNTS = (
    select(_c.provider, _c.state, func.count())
    .where(_c.state.in_(("queued", "sending", "unknown")))
    .group_by(_c.provider, _c.state)
)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A row to add. `job` is plain JSON, sealed; the rest as in the table."""

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


@dataclass(frozen=True, slots=True)
class Claim:
    """A row this process holds and may try once. `job` is personal."""

    id: str
    conversation_id: str
    resident_id: str
    kind: str
    name: str
    provider: str
    lane: int
    job: Any
    attempt_id: str
    attempts: int
    queued_at: int
    expires_at: int
    trace_id: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that may be tried now, as the stream knows it."""

    id: str
    conversation_id: str
    kind: str
    lane: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How an attempt ended.

    Attributes:
        claim: what was tried.
        state: `done`, `queued` (again at `next_at`), `unknown`, `dead` or `suppressed`.
        outcome: word for the delivery row.
        code: our error code, or None.
        message_id: the provider's id of the message, or None.
        next_at: when to try or look again, milliseconds.
    """

    claim: Claim
    state: str
    outcome: str
    code: str | None = None
    message_id: str | None = None
    next_at: int = 0


def add(connection: Connection, vault: Vault, jobs: Sequence[NewJob], now: int) -> list[Ready]:
    """Add rows in their order and return those that may be tried at once.

    What would be texted to a resident who said stop is kept as `suppressed`.
    """
    stopped = _stopped(connection, jobs)
    rows: list[dict[str, Any]] = []
    for job in jobs:
        silent = job.kind == "send" and job.resident_id in stopped and not job.allowed_once
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
                "state": "suppressed" if silent else "queued",
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


def _stopped(connection: Connection, jobs: Sequence[NewJob]) -> set[str]:
    """Return which residents of these sends said stop, as of this transaction."""
    addressed = {job.resident_id for job in jobs if job.kind == "send"}
    if not addressed:
        return set()
    return set(connection.execute(_STOPPED, {"ids": list(addressed)}).scalars())


def replace_held(connection: Connection, conversation_ids: Sequence[str], now: int) -> None:
    """Drop held replies of these conversations: a later one is about to be added."""
    connection.execute(_REPLACE_HELD, {"ids": list(conversation_ids), "at": now})


def suppress(connection: Connection, resident_id: str, now: int) -> None:
    """Drop everything that still waits to be texted to a resident who said stop."""
    connection.execute(_SUPPRESS, {"resident": resident_id, "at": now})


def claim(
    connection: Connection, vault: Vault, ids: Sequence[str], now: int, lease_ms: int
) -> tuple[list[Claim], list[Claim]]:
    """Claim what may be tried of `ids`.

    Rows of residents who said stop become `suppressed`; rows past their expiry are returned apart,
    to be buried. A send waits for earlier sends of its conversation.

    Returns:
        The claims to try, and the expired ones.
    """
    tries: list[Claim] = []
    expired: list[Claim] = []
    drops = []
    for row in connection.execute(_CLAIMABLE, {"ids": list(ids), "now": now}):
        if row.kind == "send" and row.opted_out_at is not None and not row.allowed_once:
            drops.append({"row": row.id, "to_state": "suppressed", "code": "opted_out", "at": now})
        elif row.expires_at < now:
            expired.append(read(vault, row))
        else:
            held = replace(read(vault, row), attempt_id=new_id(), attempts=row.attempts + 1)
            tries.append(held)
    if drops:
        connection.execute(_SET_STATE, drops)
    if tries:
        leases = [{"row": t.id, "attempt": t.attempt_id, "lease_ms": lease_ms} for t in tries]
        connection.execute(_CLAIM, leases)
        started = [
            {
                "id": t.attempt_id,
                "outbox_id": t.id,
                "provider": t.provider,
                "started_at": now,
                "receipt_rank": 0,
            }
            for t in tries
        ]
        connection.execute(deliveries.insert(), started)
    return tries, expired


def read(vault: Vault, row: Any) -> Claim:
    """Return a row of the table, opened."""
    return Claim(
        id=row.id,
        conversation_id=row.conversation_id,
        resident_id=row.resident_id,
        kind=row.kind,
        name=row.name,
        provider=row.provider,
        lane=row.lane,
        job=vault.open("outbox.job", row.id, row.job_box),
        attempt_id=row.attempt_id or "",
        attempts=row.attempts,
        queued_at=row.queued_at,
        expires_at=row.expires_at,
        trace_id=row.trace_id,
    )


def why_not_send(connection: Connection, held: Sequence[Claim], margin_ms: int) -> list[str | None]:
    """Return for each attempt None when it may leave now, else `lease_lost` or `opted_out`."""
    which = {"ids": [claim.id for claim in held], "margin_ms": margin_ms}
    found = {row.id: row for row in connection.execute(_STILL_OURS, which)}
    return [_why_not(found.get(claim.id), claim) for claim in held]


def _why_not(row: Any, held: Claim) -> str | None:
    if row is None or row.attempt_id != held.attempt_id:
        return "lease_lost"
    stopped = held.kind == "send" and row.opted_out_at is not None and not row.allowed_once
    return "opted_out" if stopped else None


def lock_current(connection: Connection, marks: Sequence[Mark]) -> list[bool]:
    """Lock the rows and return for each mark whether its attempt is still the row's newest."""
    found = connection.execute(_LOCK_ATTEMPTS, {"ids": [mark.claim.id for mark in marks]})
    current = {row.id: row.attempt_id for row in found}
    return [current.get(mark.claim.id) == mark.claim.attempt_id for mark in marks]


def mark(connection: Connection, vault: Vault, marks: Sequence[Mark], now: int) -> None:
    """Write how attempts ended. Rows must be locked by `lock_current`."""
    if not marks:
        return
    connection.execute(
        _MARK,
        [
            {
                "row": m.claim.id,
                "to_state": m.state,
                "code": m.code,
                "at": now if m.state not in ("queued", "unknown") else None,
                "next_at": m.next_at,
            }
            for m in marks
        ],
    )
    connection.execute(
        _END,
        [
            {
                "attempt": m.claim.attempt_id,
                "at": now,
                "how": m.outcome,
                "code": m.code,
                "message": vault.index("message", m.message_id) if m.message_id else None,
            }
            for m in marks
        ],
    )


def set_state(connection: Connection, ids: Sequence[str], state: str, code: str, now: int) -> None:
    """Set the state of rows nobody holds."""
    rows = [{"row": row, "to_state": state, "code": code, "at": now} for row in ids]
    if rows:
        connection.execute(_SET_STATE, rows)


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


def lapse(connection: Connection, now: int, wait_ms: int) -> int:
    """Make `sending` rows whose lease has ended `unknown`; return how many there were."""
    return len(connection.execute(_LAPSED, {"now": now, "later": now + wait_ms}).all())


def unknown(connection: Connection, vault: Vault, now: int, most: int) -> list[Claim]:
    """Return attempts whose outcome is to be looked up now."""
    return [read(vault, row) for row in connection.execute(_UNKNOWN, {"now": now, "most": most})]


def postpone(connection: Connection, row_id: str, next_at: int) -> None:
    """Look at a row in doubt again later."""
    connection.execute(_POSTPONE, {"row": row_id, "next_at": next_at})


def count_open(connection: Connection) -> dict[tuple[str, str], int]:
    """Return how many rows are open, by provider and state."""
    return {(row[0], row[1]): row[2] for row in connection.execute(_COUNTS)}
