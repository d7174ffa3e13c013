"""What a resident says of how a request ended: fixed or not, and how it was."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, or_, update

from bot.storage import timeline
from bot.storage.crypto import Vault
from bot.storage.tables import service_requests
from bot.storage.timeline import Kind

_c = service_requests.c
_JUDGE = (
    update(service_requests)
    .where(_c.id == bindparam("row"), or_(_c.verdict.is_(None), _c.verdict != bindparam("word")))
    .values(verdict=bindparam("word"))
)
_RATE = update(service_requests).where(_c.id == bindparam("row")).values(rating=bindparam("score"))


def judge(connection: Connection, vault: Vault, request_id: str, *, fixed: bool, now: int) -> None:
    """Keep whether a closed request is fixed; the same once more changes nothing."""
    kind = Kind.FIXED if fixed else Kind.NOT_FIXED
    if connection.execute(_JUDGE, {"row": request_id, "word": kind.value}).rowcount:
        timeline.add(connection, vault, request_id, kind, now)


def rate(connection: Connection, vault: Vault, request_id: str, score: int, now: int) -> None:
    """Keep how it was, 1 (poor) to 5 (great); a row that is gone changes nothing."""
    if connection.execute(_RATE, {"row": request_id, "score": score}).rowcount:
        timeline.add(connection, vault, request_id, Kind.RATED, now, {"score": score})
