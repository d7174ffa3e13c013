"""What can be done with codes: draw one, count them, check what came back, use it once."""

from __future__ import annotations

import hmac
import secrets
from typing import Literal

from sqlalchemy import Connection, bindparam, func, or_, select, update

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import codes

DIGITS = 6
TRIES = 3
KEEP_MS = 15 * 60_000
"""How long a code works, and how often it may be mistyped."""

A_DAY = 3
DAY_MS = 24 * 3_600_000
"""So many codes a day one handle may ask for, and one may be sent."""

Checked = Literal["right", "wrong", "over"]
"""`over`: there is no code to compare with (any more); a new one is needed."""

_c = codes.c
_COUNT = select(func.count()).where(
    or_(_c.resident_id == bindparam("asks"), _c.target_id == bindparam("gets")),
    _c.created_at > bindparam("since"),
)
_LATEST = (
    select(codes)
    .where(_c.resident_id == bindparam("asks"))
    .order_by(_c.created_at.desc(), _c.id.desc())
    .limit(1)
    .with_for_update()
)
_TRY = (
    update(codes)
    .where(_c.id == bindparam("row"))
    .values(tries=_c.tries + 1, proven_at=bindparam("proven"))
)
_USE = update(codes).where(_c.id == bindparam("row")).values(used_at=bindparam("at"))


def asked_today(connection: Connection, resident_id: str, now: int) -> int:
    """Return how many codes this handle asked for within a day."""
    which = {"asks": resident_id, "gets": "", "since": now - DAY_MS}
    return int(connection.execute(_COUNT, which).scalar_one())


def sent_today(connection: Connection, target_id: str, now: int) -> int:
    """Return how many codes were sent to this handle within a day."""
    which = {"asks": "", "gets": target_id, "since": now - DAY_MS}
    return int(connection.execute(_COUNT, which).scalar_one())


def draw(connection: Connection, vault: Vault, resident_id: str, target_id: str, now: int) -> str:
    """Return a new code for a handle, and keep what is needed to know it again."""
    row, code = new_id(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    connection.execute(
        codes.insert(),
        {
            "id": row,
            "resident_id": resident_id,
            "target_id": target_id,
            "code_hash": vault.index("code", f"{row}:{code}"),
            "tries": 0,
            "created_at": now,
            "expires_at": now + KEEP_MS,
        },
    )
    return code


def check(connection: Connection, vault: Vault, resident_id: str, code: str, now: int) -> Checked:
    """Compare what came back with the latest code, and count the try."""
    row = connection.execute(_LATEST, {"asks": resident_id}).one_or_none()
    if row is None or row.used_at is not None or row.expires_at <= now:
        return "over"
    if row.proven_at is None and row.tries >= TRIES:
        return "over"
    hashes = vault.indexes("code", f"{row.id}:{code}")
    right = any(hmac.compare_digest(row.code_hash, found) for found in hashes)
    proven = now if right else row.proven_at
    connection.execute(_TRY, {"row": row.id, "proven": proven})
    if right:
        return "right"
    return "wrong" if row.tries + 1 < TRIES else "over"


def use(connection: Connection, resident_id: str, now: int) -> str | None:
    """Return the handle that the latest code proved, once; None when nothing was proven."""
    row = connection.execute(_LATEST, {"asks": resident_id}).one_or_none()
    if row is None or row.proven_at is None or row.used_at is not None or row.expires_at <= now:
        return None
    connection.execute(_USE, {"row": row.id, "at": now})
    return str(row.target_id)
