"""`Reading`: everything one message was found to say. A value; the readers fill it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conversations.reading.signals.contacts import Contacts
from conversations.vocabulary.places import AddressText


class Intent(StrEnum):
    """What the resident wants with this message."""

    REPORT = "report"
    STATUS = "status"
    BENEFITS = "benefits"
    HELP = "help"
    STOP = "stop"
    START = "start"
    PERSON = "person"
    EMERGENCY = "emergency"
    GREETING = "greeting"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """One request type a text may be about. `score` is 0 to 1; guesses are sorted by it."""

    complaint_type: str
    descriptor: str
    score: float
    key: str = ""  # the request type's key in the city pack


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one message was found to say.

    Attributes:
        text: the message as typed.
        language: ISO 639-1 code found, or the one given when the text does not tell.
        language_sure: True when the text itself tells its language.
        intent: see `Intent`.
        emergency: None, `emergency` or `self_harm`.
        opt_out: `no`, `yes` or `ask`.
        request_types: up to three guesses, best first.
        address: the words that say where, or None.
        yes_no: `yes`, `no` or None.
        number: the number or choice said ("2", "the second one", "dos"), or None.
        tracking_number: a city tracking number in the text, upper case, or None.
        command: the word that works anywhere (`help`, `back`, `menu`, `restart`, `skip`, `repeat`,
            `person`, `status`, `language:es`, `new`, `continue`, `let_go`, `wrong`), or None.
        change: what to correct: `what`, `where`, `name`, `details`, `photo`, or None.
        contacts: a mail address and phone number in it, and where it wants news.
    """

    text: str
    language: str = "en"
    language_sure: bool = False
    intent: Intent = Intent.OTHER
    emergency: str | None = None
    opt_out: str = "no"
    request_types: tuple[TypeGuess, ...] = ()
    address: AddressText | None = None
    yes_no: str | None = None
    number: int | None = None
    tracking_number: str | None = None
    command: str | None = None
    change: str | None = None
    contacts: Contacts = field(default_factory=Contacts)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `main.py read` writes, without the `id`."""
        return {
            "intent": self.intent.value,
            "language": self.language,
            "emergency": self.emergency,
            "opt_out": self.opt_out,
            "request_types": [
                {
                    "complaint_type": guess.complaint_type,
                    "descriptor": guess.descriptor,
                    "score": round(guess.score, 4),
                }
                for guess in self.request_types
            ],
            "address": _say(self.address) if self.address else None,
            "yes_no": self.yes_no,
            "number": self.number,
        }


def _say(address: AddressText) -> dict[str, Any]:
    """Return the parts of an address as `main.py read` writes them."""
    parts = address.to_json()
    parts.pop("elsewhere", None)  # a judgement for the flows, no part of what was typed
    return parts
