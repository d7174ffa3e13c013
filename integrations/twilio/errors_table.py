"""What Twilio's error numbers mean for us (messaging.md 1.7), and the errors they become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from conversations.vocabulary.messages import Failure
from conversations.vocabulary.requests import SendOutcome
from integrations.kit.calls import Answer
from integrations.kit.errors import (
    AdapterError,
    HandleOptedOut,
    HandleUnreachable,
    RateLimited,
    Refused,
    Rejected,
    Unauthorised,
)

PROVIDER = "twilio"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one number means: what to do, after how many seconds, and whether to tell ops."""

    action: Failure
    after_s: int = 0
    alert: bool = False


_BAD = Meaning(Failure.UNREACHABLE)
_PAGE = Meaning(Failure.PAGE, alert=True)
MEANINGS: dict[str, Meaning] = {
    "21610": Meaning(Failure.OPTED_OUT),  # since March 2026 across SMS, MMS and RCS
    "21211": _BAD,
    "21614": _BAD,
    "21635": _BAD,
    "30006": _BAD,
    "21408": Meaning(Failure.GIVE_UP, alert=True),  # no permission for that country
    "21612": Meaning(Failure.GIVE_UP, alert=True),  # no route
    "21611": Meaning(Failure.SLOW_DOWN, 600),  # our queue at Twilio is ten hours long
    "30001": Meaning(Failure.SLOW_DOWN, 600),
    "20429": Meaning(Failure.SLOW_DOWN, 1),
    "30036": Meaning(Failure.GIVE_UP),  # waited too long in the queue
    "20003": _PAGE,
    "30034": _PAGE,  # number not registered with the carriers
    "30003": Meaning(Failure.RETRY_LATER, 45 * 60),  # handset off
    "30008": Meaning(Failure.RETRY_LATER, 15 * 60),  # carrier does not say why
    "30005": Meaning(Failure.DOUBTFUL),  # unknown number; perhaps given to somebody else
    "30004": Meaning(Failure.GIVE_UP),  # blocked by carrier or person
    "30007": Meaning(Failure.GIVE_UP, alert=True),  # taken for spam: never the same text again
    "30450": Meaning(Failure.GIVE_UP),
    "30610": Meaning(Failure.GIVE_UP),
    "30640": Meaning(Failure.GIVE_UP),
    "11200": _PAGE,
    "11205": _PAGE,
    "12300": _PAGE,
    "57012": _PAGE,
}
UNKNOWN_MEANING = Meaning(Failure.GIVE_UP, alert=True)


def meaning_of(code: str | None) -> Meaning:
    """Return what an error number means; an unknown one is given up and told to ops."""
    return MEANINGS.get(code or "", UNKNOWN_MEANING)


class OptedOut(HandleOptedOut):
    """The number has opted out at the carrier. Taken as a STOP by us, too."""


class NumberBad(HandleUnreachable):
    """The number cannot take texts."""


class MisSetUp(Refused):
    """Our account, key or number registration is at fault: a person must look."""

    pages = True
    label = "mis_set_up"


class MediaRefused(Refused):
    """An attachment we do not take; `detail` is `video`, `audio`, `link` or `other`."""

    label = "media_refused"
    outcome: ClassVar[SendOutcome] = SendOutcome.REFUSED


def explain(operation: str, answer: Answer) -> AdapterError | None:
    """Return our error for a refusal of Twilio (`{"code": 21610, ...}`), or None if unknown."""
    code = str(answer.json()["code"])
    meaning = MEANINGS.get(code)
    if meaning is None:
        return Rejected(PROVIDER, operation, detail=code) if answer.status == 400 else None
    kind: type[AdapterError] = Rejected
    if code == "20003":
        kind = Unauthorised
    elif meaning.action is Failure.OPTED_OUT:
        kind = OptedOut
    elif meaning.action in (Failure.UNREACHABLE, Failure.DOUBTFUL):
        kind = NumberBad
    elif meaning.action is Failure.PAGE:
        kind = MisSetUp
    elif meaning.action is Failure.SLOW_DOWN:
        wait = float(meaning.after_s) if "retry-after" not in answer.headers else None
        return RateLimited(PROVIDER, operation, detail=code, retry_after=wait)
    return kind(PROVIDER, operation, detail=code)
