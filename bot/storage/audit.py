"""What can be done with the audit log: add a line, read the lines of a case. Nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import audit

_OF_CASE = select(audit).where(audit.c.case_id == bindparam("which")).order_by(audit.c.id)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line: who did what when, to which case, why, and how it ended.

    Attributes:
        at: milliseconds.
        actor: id of a member of staff; empty when nobody we know.
        action: its name.
        outcome: `done`, `lost`, or the code of the refusal.
        case_id, city: what it was about, as far as that is known.
        reason: what the actor gave as a reason, or None.
        detail: plain JSON.
    """

    at: int
    actor: str
    action: str
    outcome: str
    case_id: str | None = None
    city: str | None = None
    reason: str | None = field(default=None, repr=False)
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)


def add(connection: Connection, vault: Vault, line: AuditLine) -> None:
    """Add one line, in the transaction of what it tells of."""
    row = new_id()
    reason = None if line.reason is None else vault.seal("audit.reason", row, line.reason)
    connection.execute(
        audit.insert(),
        {
            "id": row,
            "at": line.at,
            "actor": line.actor,
            "action": line.action[:20],
            "outcome": line.outcome[:30],
            "case_id": line.case_id,
            "city": line.city,
            "reason_box": reason,
            "detail_box": vault.seal("audit.detail", row, dict(line.detail)),
        },
    )


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[AuditLine]:
    """Return the lines of a case, oldest first."""
    return [_open(vault, row) for row in connection.execute(_OF_CASE, {"which": case_id})]


def _open(vault: Vault, row: Any) -> AuditLine:
    reason = None
    if row.reason_box is not None:
        reason = vault.open("audit.reason", row.id, row.reason_box)
    detail = vault.open("audit.detail", row.id, row.detail_box)
    where = (row.case_id, row.city)
    return AuditLine(row.at, row.actor, row.action, row.outcome, *where, reason, detail)
