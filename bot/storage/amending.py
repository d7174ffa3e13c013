"""Putting a report right after it was made: its type, its place, and how both are found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, update

from bot.storage import cells
from bot.storage.crypto import Vault
from bot.storage.service_requests import Report
from bot.storage.tables import service_requests

_c = service_requests.c
_AMEND = (
    update(service_requests)
    .where(_c.id == bindparam("row"))
    .values(
        type_key=bindparam("key"),
        complaint_type=bindparam("complaint"),
        descriptor=bindparam("finer"),
        agency=bindparam("at_agency"),
        cell_hash=bindparam("cell"),
        report_box=bindparam("box"),
        updated_at=bindparam("at"),
    )
)


def amend(
    connection: Connection, vault: Vault, report: Report, changed: Mapping[str, Any], now: int
) -> None:
    """Write what a report says after staff put it right; `changed` is laid over the old."""
    said = {**report.report, **changed}
    key = str(said.get("type_key") or "")
    connection.execute(
        _AMEND,
        {
            "row": report.id,
            "key": key,
            "complaint": str(said.get("complaint_type") or ""),
            "finer": str(said.get("descriptor") or ""),
            "at_agency": str(said.get("agency") or ""),
            "cell": cells.cell_hash(vault, report.city, key, said.get("place")),
            "box": vault.seal("service_requests.report", report.id, said),
            "at": now,
        },
    )
