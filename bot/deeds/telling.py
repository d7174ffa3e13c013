"""What conversations are told of requests: how one stands, and that something happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.storage import inbox, service_requests
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.metadata import from_ms
from bot.storage.service_requests import Report


def place_label(report: Report) -> str:
    """Return the place of a request as people read it."""
    return str((report.report.get("place") or {}).get("label") or "")


def standing(report: Report) -> dict[str, Any]:
    """Return a request as flows see it: all that is known of how it stands, times in ISO form."""
    sent = report.filed_at
    return {
        "request_id": report.id,
        "number": report.number,
        "title_key": report.type_key,
        "complaint_type": report.complaint_type,
        "descriptor": report.descriptor,
        "agency": report.agency,
        "place_label": place_label(report),
        "filing": report.filing,
        "status": report.status,
        "resolution": report.resolution,
        "verdict": report.verdict,
        "received_at": from_ms(report.created_at).isoformat(),
        "filed_at": None if sent is None else from_ms(sent).isoformat(),
        "updated_at": from_ms(report.updated_at).isoformat(),
    }


def filed(report: Report) -> dict[str, Any]:
    """Return what every happening says of its request."""
    return {
        "number": report.number or "",
        "title_key": report.type_key,
        "place_label": place_label(report),
        "request_id": report.id,
    }


def tell(
    connection: Connection,
    vault: Vault,
    report: Report,
    kind: str,
    data: Mapping[str, Any],
    now: int,
    key: str,
) -> str:
    """Queue `Happened(kind, data)` in the request's conversation, once per `key`; return its id.

    Nothing is told where the handle has another holder since the request was made.
    """
    if not service_requests.is_known(connection, report.id):
        return report.conversation_id
    event = inbox.NewEvent(
        conversation_id=report.conversation_id,
        kind="happened",
        dedupe=f"happened:{kind}:{key}",
        event={"kind": kind, "data": {**data, "made_at": from_ms(report.created_at).isoformat()}},
        trace_id=report.id,
    )
    inbox.add(connection, vault, [event], now)
    return report.conversation_id
