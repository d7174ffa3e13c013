"""How a deed ends: one of four outcomes, and the changes that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.storage.engine import Connection
from conversations.vocabulary.requests import SendOutcome

Also = Callable[[Connection], list[str]]
"""Changes that belong to an outcome; returns the conversations to wake."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a deed ended.

    Attributes:
        outcome: one of four.
        code: our error code when it did not succeed.
        retry_after: seconds asked for, or None for our own back-off.
        also: changes that belong to it.
        again: True when it may be tried later although the provider said no (its pace only).
        message_id: the provider's id, for sends.
    """

    outcome: SendOutcome
    code: str | None = None
    retry_after: float | None = None
    also: Also | None = None
    again: bool = False
    message_id: str | None = None


def nothing(_connection: Connection) -> list[str]:
    """Change nothing."""
    return []
