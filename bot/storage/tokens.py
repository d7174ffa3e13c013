"""What can be done with tokens: make the word for a purpose, keep it, find what it stands for.

A word is drawn from our key, so the same person and request have the same address in every mail of
a period, and only its hash is stored. It works from the moment it is kept until the end of the
period after the one it was made in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.crypto import Vault
from bot.storage.tables import tokens

Purpose = Literal["mail", "page", "unsubscribe", "release"]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MOST_UNPRESSED_A_DAY = 5
PERIODS_MS: dict[Purpose, int] = {
    "mail": 30 * DAY_MS,
    "page": 90 * DAY_MS,
    "unsubscribe": 90 * DAY_MS,
    "release": 2 * DAY_MS,
}
"""A word lives for one to two of these."""

_FORM = re.compile(r"[a-z2-7]{26}")
_t = tokens.c
_insert = insert(tokens)
_KEEP = _insert.on_conflict_do_update(
    index_elements=[_t.token_hash], set_={"expires_at": _insert.excluded.expires_at}
)
_FIND = select(tokens).where(
    _t.token_hash.in_(bindparam("hashes", expanding=True)),
    _t.purpose == bindparam("for_purpose"),
    _t.expires_at > bindparam("now"),
)
_USE = (
    update(tokens)
    .where(_t.token_hash == bindparam("row"), _t.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
_UNPRESSED = select(_t.created_at).where(
    _t.conversation_id == bindparam("conversation"),
    _t.purpose == "release",
    _t.used_at.is_(None),
    _t.created_at > bindparam("since"),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word to keep, or what one that was found stands for. `word` is a secret."""

    word: str
    purpose: Purpose
    resident_id: str
    conversation_id: str
    expires_at: int
    request_id: str | None = None
    inbox_id: str | None = None
    used: bool = False


def make(
    vault: Vault,
    purpose: Purpose,
    *,
    resident_id: str,
    conversation_id: str,
    now: int,
    request_id: str | None = None,
    inbox_id: str | None = None,
) -> Token:
    """Return the token of this period; `keep` makes it work."""
    length = PERIODS_MS[purpose]
    period = now // length
    value = f"{resident_id}|{conversation_id}|{request_id}|{inbox_id}|{period}"
    word = vault.word(f"token.{purpose}", value)
    ends = (period + 2) * length
    return Token(word, purpose, resident_id, conversation_id, ends, request_id, inbox_id)


def keep(connection: Connection, vault: Vault, made: Sequence[Token], now: int) -> None:
    """Let tokens work; those that work already stay."""
    rows = {
        vault.index("token", token.word): {
            "token_hash": vault.index("token", token.word),
            "purpose": token.purpose,
            "resident_id": token.resident_id,
            "conversation_id": token.conversation_id,
            "request_id": token.request_id,
            "inbox_id": token.inbox_id,
            "created_at": now,
            "expires_at": token.expires_at,
        }
        for token in made
    }
    for row in rows.values():
        connection.execute(_KEEP, row)


def find(
    connection: Connection, vault: Vault, purpose: Purpose, word: str, now: int
) -> Token | None:
    """Return what a word stands for, or None when it is unknown, of another purpose or has ended.

    Letters of either case are the same: some mail programs change them.
    """
    word = word.lower()
    if _FORM.fullmatch(word) is None:
        return None
    hashes = list(vault.indexes("token", word))
    query = {"hashes": hashes, "for_purpose": purpose, "now": now}
    row = connection.execute(_FIND, query).one_or_none()
    if row is None:
        return None
    ids = (row.resident_id, row.conversation_id, row.expires_at, row.request_id, row.inbox_id)
    return Token(word, purpose, *ids, used=row.used_at is not None)


def use(connection: Connection, vault: Vault, token: Token, now: int) -> bool:
    """Note that a token was used; False when it was before."""
    done = 0
    for row in vault.indexes("token", token.word):
        done += connection.execute(_USE, {"row": row, "at": now}).rowcount
    return done > 0


def may_ask_again(connection: Connection, conversation_id: str, now: int) -> bool:
    """Return whether one more link to prove a mail may be sent to a conversation.

    Who presses them gets as many as they need. Who does not may never have written: one an hour,
    and a few a day.
    """
    query = {"conversation": conversation_id, "since": now - DAY_MS}
    made = list(connection.execute(_UNPRESSED, query).scalars())
    return len(made) < MOST_UNPRESSED_A_DAY and max(made, default=0) <= now - HOUR_MS
