"""Identifiers: time-ordered ids for rows and unguessable references for people."""

from __future__ import annotations

import secrets
import threading
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U to misread
_RANDOM_BITS = 80
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return a 26 character id that sorts by the time it was made (the ULID layout).

    Ids of one process always grow, also within one millisecond and when the clock steps back:
    the inbox and the outbox are served in the order of their ids.
    """
    global _last
    fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    with _lock:
        _last = fresh if fresh > _last else _last + 1
        value = _last
    return _write(value, 26)


def made_at(row_id: str) -> int:
    """Return when an id was made, milliseconds. Raises `ValueError` for what is none."""
    value = 0
    for digit in row_id:
        value = value << 5 | _ALPHABET.index(digit)
    return value >> _RANDOM_BITS


def new_reference() -> str:
    """Return a short service reference such as `CH-7F3K-2Q`.

    Thirty random bits: it names a report to staff and upstream, it opens nothing by itself.
    """
    text = _write(secrets.randbits(30), 6)
    return f"CH-{text[:4]}-{text[4:]}"


def _write(value: int, length: int) -> str:
    """Return `value` in Crockford's base 32 with leading zeros."""
    digits = [_ALPHABET[(value >> shift) & 31] for shift in range(5 * (length - 1), -1, -5)]
    return "".join(digits)
