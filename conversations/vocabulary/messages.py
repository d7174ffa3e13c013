"""Messages in, messages out, receipts. What every channel and messaging provider shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from conversations.vocabulary.handles import Handle
from conversations.vocabulary.mail import OutboundMail


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment as the provider announced it: where to fetch it and what it claims to be."""

    url: str
    content_type: str


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message from a resident, as a provider delivered it.

    Attributes:
        provider: `twilio`, `terminal`, ...
        provider_message_id: unique at the provider; a repeat is the same message.
        channel: `sms`, `email`, `slack`, `terminal`.
        sender, recipient: handles; the recipient (the number called) tells the city.
        text: what was typed, up to 1,600 characters; may be empty when there is media.
        media: attachments, at most 10.
        opt_out_type: `STOP`, `START` or `HELP` when the carrier already answered, else None.
        received_at: when we received it, with zone.
        proven: False when nothing proves that the sender wrote it (a mail's `From` proves nothing);
            such a message may ask, and changes nothing.
        about: id of the service request it is about, when its address or thread tells, or None.
        silence: why it must not be answered, when its door knows, or None.
        mail: what an answer by mail needs of it (`message_id`, `references`, `subject`), or empty.
    """

    provider: str
    provider_message_id: str
    channel: str
    sender: Handle
    recipient: Handle
    text: str
    received_at: datetime
    media: tuple[Media, ...] = ()
    opt_out_type: str | None = None
    proven: bool = True
    about: str | None = None
    silence: str | None = None
    mail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return a plain JSON object; the time is ISO 8601."""
        return {**asdict(self), "received_at": self.received_at.isoformat()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> InboundMessage:
        """Return the value that `to_json` wrote."""
        media = tuple(Media(**item) for item in value.get("media", ()))
        when = datetime.fromisoformat(value["received_at"])
        return cls(**{**value, "media": media, "received_at": when})


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message to a resident.

    Attributes:
        intent: our id of this sending; unique, travels in the status callback URL.
        channel: the medium.
        sender, recipient: handles.
        text: the exact text.
        callback_url: where receipts go, or empty.
        validity_s: seconds after which the provider should drop it.
        mail: what a mail has besides; None on every other channel.
    """

    intent: str
    channel: str
    sender: Handle
    recipient: Handle
    text: str
    callback_url: str = ""
    validity_s: int = 3600
    mail: OutboundMail | None = None


class Failure(StrEnum):
    """What a message that did not arrive asks for; each provider's own codes are read as one."""

    OPTED_OUT = "opted_out"  # they said stop elsewhere; nothing more until they say start
    NO_NOTICES = "no_notices"  # they want nothing unasked; answers still
    UNREACHABLE = "unreachable"  # nothing arrives there; nothing more until they write
    DOUBTFUL = "doubtful"  # as above, when it is said a second time
    RETRY_LATER = "retry_later"  # the same once more, after a while
    SLOW_DOWN = "slow_down"  # everybody, for a while
    GIVE_UP = "give_up"  # this one will not arrive
    PAGE = "page"  # our account or set-up is at fault; a person must look


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the provider reports later about a message we sent.

    Attributes:
        provider, provider_message_id: which message.
        intent: our id, when the callback carried it, else empty.
        status: the provider's word (`sent`, `delivered`, `undelivered`, ...).
        error_code: the provider's code, or None.
        failure: what to do when it did not arrive, or None.
        retry_after_s: seconds until it may be sent once more (`RETRY_LATER`, `SLOW_DOWN`).
        alert: a person should know.
    """

    provider: str
    provider_message_id: str
    intent: str
    status: str
    error_code: str | None = None
    failure: Failure | None = None
    retry_after_s: int = 0
    alert: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return a plain JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Receipt:
        """Return the value that `to_json` wrote."""
        failure = value.get("failure")
        return cls(**{**value, "failure": None if failure is None else Failure(failure)})
