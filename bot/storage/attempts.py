"""Attempts at rows of the outbox: claim with a lease, check, mark, settle what is in doubt.

The intent comes first: a row is `sending`, with an attempt id and a lease, and that is committed,
before anything leaves. A row found in `sending` after its lease is `unknown`: it may have happened
(RELIABILITY 5.1). Marks name their attempt, so a worker that woke up late changes nothing of
a newer attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, select, update

from bot.storage import timeline
from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.metadata import database_now
from bot.storage.residents import SILENCES, why_silent
from bot.storage.tables import deliveries, outbox, residents

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
    select(outbox, *SILENCES)
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
    select(
        _c.id,
        _c.attempt_id,
        _c.kind,
        _c.allowed_once,
        _c.lane,
        *SILENCES,
    )
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


@dataclass(frozen=True, slots=True)
class Claim:
    """A row this process holds and may try once. `job` is personal.

    `allowed_once`: it is the one confirmation of a stop.
    """

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
    allowed_once: bool = False


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


def claim(
    connection: Connection, vault: Vault, ids: Sequence[str], now: int, lease_ms: int
) -> tuple[list[Claim], list[Claim]]:
    """Claim what may be tried of `ids`.

    Sends to residents who said stop, or whom nothing reaches, become `suppressed`; rows past their
    expiry are returned apart, to be buried. A send waits for earlier sends of its conversation.

    Returns:
        The claims to try, and the expired ones.
    """
    tries: list[Claim] = []
    expired: list[Claim] = []
    drops = []
    for row in connection.execute(_CLAIMABLE, {"ids": list(ids), "now": now}):
        if (reason := _why_silent(row)) is not None:
            drops.append({"row": row.id, "to_state": "suppressed", "code": reason, "at": now})
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
        allowed_once=row.allowed_once,
    )


def why_not_send(connection: Connection, held: Sequence[Claim], margin_ms: int) -> list[str | None]:
    """Return for each attempt None when it may leave now, else why not.

    Why not is `lease_lost`, `opted_out` or `unreachable`.
    """
    which = {"ids": [claim.id for claim in held], "margin_ms": margin_ms}
    found = {row.id: row for row in connection.execute(_STILL_OURS, which)}
    return [_why_not(found.get(claim.id), claim) for claim in held]


def _why_not(row: Any, held: Claim) -> str | None:
    if row is None or row.attempt_id != held.attempt_id:
        return "lease_lost"
    return _why_silent(row)


def _why_silent(row: Any) -> str | None:
    """Return why a row is not sent to its resident, or None; a deed concerns nobody's phone."""
    if row.kind != "send":
        return None
    return why_silent(row, row.lane, row.allowed_once)


def lock_current(connection: Connection, marks: Sequence[Mark]) -> list[bool]:
    """Lock the rows and return for each mark whether its attempt is still the row's newest."""
    found = connection.execute(_LOCK_ATTEMPTS, {"ids": [mark.claim.id for mark in marks]})
    current = {row.id: row.attempt_id for row in found}
    return [current.get(mark.claim.id) == mark.claim.attempt_id for mark in marks]


def mark(connection: Connection, vault: Vault, marks: Sequence[Mark], now: int) -> None:
    """Write how attempts ended. Rows must be locked by `lock_current`.

    A text that its provider took and that tells of a request is noted in the request's timeline.
    """
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
    sent = [m.claim for m in marks if m.state == "done" and m.claim.kind == "send"]
    timeline.add_told(connection, vault, [(text.trace_id, text.name) for text in sent], now)


def set_state(connection: Connection, ids: Sequence[str], state: str, code: str, now: int) -> None:
    """Set the state of rows nobody holds."""
    rows = [{"row": row, "to_state": state, "code": code, "at": now} for row in ids]
    if rows:
        connection.execute(_SET_STATE, rows)
