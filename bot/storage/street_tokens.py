"""Finding cases by the words of their place: a keyed hash per word, the words are kept nowhere.

Only places are indexed this way, never what anybody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from bot.storage.crypto import Vault
from bot.storage.tables import case_streets
from conversations.reading.text import fold, tokens
from conversations.reading.where.words import SPELLINGS
from conversations.vocabulary.places import PlaceKind

MOST_TOKENS = 12

_c = case_streets.c
_ADD = insert(case_streets).on_conflict_do_nothing()
_FORGET = delete(case_streets).where(_c.case_id == bindparam("which"))


def words_of(text: str) -> list[str]:
    """Return the words of a place in one spelling each: `Av` and `Avenue` are the same."""
    found = [SPELLINGS.get(word, word) for word in tokens(fold(text))]
    return list(dict.fromkeys(found))[:MOST_TOKENS]


def label_of(place: Mapping[str, Any] | None) -> str:
    """Return what a place can be found by: nothing of one that is told in the resident's words."""
    if not place or place.get("kind") == PlaceKind.DESCRIBED.value:
        return ""
    return str(place.get("label") or "")


def index_place(connection: Connection, vault: Vault, case_id: str, city: str, label: str) -> None:
    """Let a case be found by the words of its place, and by no other place's any more."""
    connection.execute(_FORGET, {"which": case_id})
    rows = [
        {"case_id": case_id, "token_hash": vault.index("street", f"{city}|{word}")}
        for word in words_of(label)
    ]
    if rows:
        connection.execute(_ADD, rows)


def find_cases(
    connection: Connection, vault: Vault, cities: Sequence[str], text: str, most: int
) -> list[str]:
    """Return the cases whose place has every word of `text`, the newest first."""
    found: list[str] = []
    for city in cities:
        words = words_of(text)
        if not words:
            return []
        hashes = [h for word in words for h in vault.indexes("street", f"{city}|{word}")]
        query = (
            select(_c.case_id)
            .where(_c.token_hash.in_(hashes))
            .group_by(_c.case_id)
            .having(func.count() >= len(words))
            .order_by(_c.case_id.desc())
            .limit(most)
        )
        found += connection.execute(query).scalars()
    return sorted(found, reverse=True)[:most]
