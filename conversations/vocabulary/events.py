"""Events: what comes into the engine. Four kinds, plain JSON inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Heard:
    """The resident said something.

    Attributes:
        text: what was said; of a mail the resident's own words.
        photos: ids of stored photos that came with it.
        about: id of the service request it answers to, when a mail's address tells, or None.
        away_since: when this phone was heard last, if that is so long ago that it may be somebody
            else's by now; else None.
    """

    text: str
    photos: tuple[str, ...] = ()
    about: str | None = None
    away_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """The answer to a Look. `key` is the Look's; `answer` is plain JSON, None means Unavailable."""

    key: str
    answer: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time passed: a Remind came due. `kind` is the Remind's."""

    kind: str


@dataclass(frozen=True, slots=True)
class Happened:
    """The world changed: a tracking number, a status change. See DESIGN section 3."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


Event = Heard | Learned | Elapsed | Happened
