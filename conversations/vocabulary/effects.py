"""Effects: what the engine asks the shell for. Four kinds, plain JSON inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the resident something.

    Attributes:
        phrase: key in the phrase catalogues, `report.ask_where`.
        values: what the phrase's placeholders stand for.
        choices: numbered choices below the text, already in the resident's language.
        asks: True when this is the question the conversation now waits on; of several in
            one turn only the last such one is sent.
        hold_s: seconds this may be held back and replaced by a later reply.
        keep: True when this was asked for and must be told: where room is short for both, the
            question gives way to a hint how to see it again.
    """

    phrase: str
    values: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    asks: bool = False
    hold_s: int = 0
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """Find something out; safe to repeat; answered inside the turn by `Learned(key, ...)`."""

    key: str
    name: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Do:
    """Change the world; goes to the outbox with an idempotency key."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remind:
    """Send `Elapsed(kind)` after `after_s` seconds; a newer Remind replaces it."""

    kind: str
    after_s: int


Effect = Say | Look | Do | Remind
