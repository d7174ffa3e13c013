"""Requests with which nothing happens any more, and that no person has before them yet."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, or_, select

from bot.storage import service_requests as requests
from bot.storage.crypto import SealError, Vault
from bot.storage.service_requests import Report
from bot.storage.tables import hand_overs, service_requests
from conversations.vocabulary.requests import RequestStatus

_c = service_requests.c
_h = hand_overs.c
_OPEN = tuple(
    status.value
    for status in RequestStatus
    if status not in (RequestStatus.CLOSED, RequestStatus.CANCELLED, RequestStatus.DRAFT)
)
UNCONFIRMED = "filing_unconfirmed"
"""Reason under which an unconfirmed filing is put before staff as soon as it is one (`ends`)."""

STALLED: Mapping[str, ColumnElement[bool]] = {
    "no_number": and_(_c.number.is_(None), _c.filing == "filing", _c.created_at < bindparam("at")),
    "no_number_back": and_(
        _c.number.is_(None), _c.filing == "handed_off", _c.updated_at < bindparam("at")
    ),
    "no_news": and_(
        _c.number.is_not(None),
        _c.filing.in_(("filed", "tracked")),
        _c.status.in_(_OPEN),
        _c.updated_at < bindparam("at"),
    ),
    UNCONFIRMED: and_(_c.filing == "unconfirmed", _c.updated_at < bindparam("at")),
}
"""Why a request is stalled: the word staff get, and what makes it so, with a time `at`."""


def find(connection: Connection, vault: Vault, reason: str, before: int, most: int) -> list[Report]:
    """Return requests stalled since before a time (milliseconds), the longest waiting first.

    Not those that staff have been given for the same reason since the request last changed, nor
    those of which any hand-over is still open. One that cannot be opened is left out.
    """
    known = exists().where(
        _h.request_id == _c.id,
        or_(_h.state == "open", and_(_h.reason == reason, _h.asked_at >= _c.updated_at)),
    )
    query = (
        select(service_requests)
        .where(STALLED[reason], ~known)
        .order_by(_c.updated_at, _c.id)
        .limit(most)
    )
    found: list[Report] = []
    parameters: dict[str, Any] = {"at": before}
    for row in connection.execute(query, parameters):
        with contextlib.suppress(SealError):
            found.append(requests.open_row(vault, row))
    return found
