"""What becomes of a press: done, refused with a code, or lost to somebody who was first.

A channel turns these into words of its own; `WHY` names every code there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WHY: Mapping[str, str] = {
    "not_staff": "You are not registered as staff here.",
    "unknown_case": "There is no such case.",
    "unknown_action": "There is no such action.",
    "role": "Your role does not allow this.",
    "resolved": "This case is resolved. Reopen it first.",
    "not_resolved": "This case is not resolved.",
    "not_claimed": "Nobody has claimed this case.",
    "needs_request": "This case is a conversation; there is no report to change.",
    "needs_reason": "A reason is needed.",
    "needs_text": "There is nothing to send.",
    "too_long": "This is too long for two text messages.",
    "opted_out": "The resident asked us to stop. Nothing can be sent until they text START.",
    "unreachable": "Nothing arrives at the resident's number or mailbox.",
    "moved": "This number or mailbox belongs to somebody else now.",
    "erased": "How to reach this resident was erased.",
    "nothing_to_change": "Nothing would change.",
    "unknown_type": "There is no such request type in this city.",
    "unknown_place": "The place was not understood.",
    "same_case": "A case cannot be merged with itself.",
    "other_unknown": "There is no such report to merge with.",
    "other_merged": "That report is itself a duplicate. Merge with the one it belongs to.",
    "not_in_doubt": "This report is not in doubt.",
    "bad_number": "This does not look like a number of this city's 311.",
    "bad_choice": "Choose whether it was filed, or is to be sent again.",
    "bad_time": "Choose a time that is still to come, within thirty days.",
}
"""Code of a refusal to a plain sentence for staff, in English."""


@dataclass(frozen=True, slots=True)
class Done:
    """It happened.

    Attributes:
        version: of the case, from now on.
        notes: what staff should know besides: `city_not_told`, `resident_not_told`,
            `told_later` (after the quiet hours).
        value: what a reveal gives; never kept, never logged.
    """

    version: int
    notes: tuple[str, ...] = ()
    value: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """It did not happen: `code` is one of `WHY`; `detail` holds numbers that belong to it."""

    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The code as a plain sentence for staff, with its numbers."""
        sentence = WHY[self.code]
        if "limit" in self.detail:
            sentence += f" At most {self.detail['limit']} characters fit."
        return sentence


@dataclass(frozen=True, slots=True)
class Lost:
    """Somebody was first; nothing happened.

    Attributes:
        to: their display name; empty when it was the resident or the city.
        own: True when it was the actor themselves, with an earlier press.
        version: of the case as it stands.
    """

    to: str = field(repr=False)
    own: bool
    version: int


Outcome = Done | Refused | Lost
