"""The twin's two ways to show one request: the guide's and the public API's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from conversations.vocabulary.requests import RequestStatus
from integrations.cities import CityPack
from integrations.cities.words import StatusWords
from integrations.nyc311.store import ZONE, Record

SLA_DAYS = 5


def seed_view(record: Record, now: datetime, words: StatusWords) -> dict[str, Any]:
    """Return a request as `GET /service-requests/{number}` answers (proposal of civic 3.1)."""
    changed, status, resolution = record.now(now)
    return {
        "trackingNumber": record.number,
        "status": words.write(status, "seed"),
        "agencyCode": record.body.get("agencyCode"),
        "updatedAt": changed.astimezone(ZONE).isoformat(timespec="seconds"),
        "resolution": resolution,
    }


def public_view(record: Record, now: datetime, pack: CityPack) -> dict[str, Any]:
    """Return a request as the public API answers: codes, local times without zone, no nulls."""
    changed, status, resolution = record.now(now)
    what, _, rest = str(record.body.get("descriptor", "")).partition(": ")
    code = str(record.body.get("agencyCode", ""))
    left = record.filed_at + timedelta(days=SLA_DAYS) - now
    # The public vocabulary has no word for Pending: it is still in progress there.
    public = RequestStatus.IN_PROGRESS if status is RequestStatus.PENDING else status
    fields: dict[str, Any] = {
        "SRNumber": record.sr_number,
        "Agency": pack.agencies.get(code, code),
        "Problem": what,
        "ProblemDetails": rest.partition(". ")[0],
        "Status": pack.status_words.write(public, "public"),
        "DateTimeSubmitted": _local(record.filed_at),
        "ResolutionAction": resolution,
        "ResolutionActionUpdatedDate": _local(changed) if resolution else None,
        "SLARemainingDays": str(left.days) if status is not RequestStatus.CLOSED else None,
        "Address": {"FullAddress": str(record.body.get("incidentAddress", "")).upper()},
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _local(when: datetime) -> str:
    return when.astimezone(ZONE).replace(tzinfo=None).isoformat(timespec="seconds")
