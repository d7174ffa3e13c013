"""Attempts in doubt: those whose lease ended while sending, and those that may have landed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, bindparam, case, select, update

from bot.storage.attempts import Claim, read
from bot.storage.crypto import Vault
from bot.storage.metadata import is_lapsed
from bot.storage.tables import deliveries, outbox

REPEATABLE = ("fetch_photos", "slack_card")
"""Deeds that are safe to repeat: after a lapsed lease they are simply tried again."""

_c = outbox.c
_LAPSED = (
    update(outbox)
    .where(_c.state == "sending", is_lapsed(_c.lease_until))
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
_BEGAN = select(deliveries.c.started_at).where(deliveries.c.id == bindparam("attempt"))
_POSTPONE = (
    update(outbox)
    .where(_c.id == bindparam("row"), _c.state == "unknown")
    .values(next_attempt_at=bindparam("next_at"))
)


def lapse(connection: Connection, now: int, wait_ms: int) -> int:
    """Make `sending` rows whose lease has ended `unknown`; return how many there were."""
    return len(connection.execute(_LAPSED, {"now": now, "later": now + wait_ms}).all())


def unknown(connection: Connection, vault: Vault, now: int, most: int) -> list[Claim]:
    """Return attempts whose outcome is to be looked up now."""
    return [read(vault, row) for row in connection.execute(_UNKNOWN, {"now": now, "most": most})]


def began_at(connection: Connection, claim: Claim) -> int:
    """Return when the attempt in doubt began, milliseconds; of one without a row, when queued."""
    found = connection.execute(_BEGAN, {"attempt": claim.attempt_id}).scalar_one_or_none()
    return claim.queued_at if found is None else int(found)


def postpone(connection: Connection, row_id: str, next_at: int) -> None:
    """Look at a row in doubt again later."""
    connection.execute(_POSTPONE, {"row": row_id, "next_at": next_at})
