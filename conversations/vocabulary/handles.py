"""Handles: how a resident is reached (`tel:+1...`, `mailto:...`, `slack:T1/U1`, `term:...`).

A handle identifies a mailbox, not a person. It is personal data: never log it,
log `mask(handle)` instead.
"""

from __future__ import annotations

from typing import NewType

Handle = NewType("Handle", str)

AWAY_DAYS = 90
"""So long a silence, and a phone number may be somebody else's by now: one that is given up is
given out again after 45 days."""


def tel(number: str) -> Handle:
    """Return the handle of a phone number in E.164 form or of a 5 to 6 digit short code."""
    return Handle(f"tel:{number}")


def mailto(mailbox: str) -> Handle:
    """Return the handle of a mail address. Upper and lower case are the same mailbox."""
    return Handle(f"mailto:{mailbox.strip().lower()}")


def scheme(handle: Handle) -> str:
    """Return the part before the colon: `tel`, `mailto`, `slack` or `term`."""
    return handle.partition(":")[0]


def address(handle: Handle) -> str:
    """Return the part after the colon, as the provider writes it."""
    return handle.partition(":")[2]


def mask(handle: Handle) -> str:
    """Return a form that may be shown to staff: the last two characters only."""
    kind, _, rest = handle.partition(":")
    return f"{kind}:***{rest[-2:]}"
