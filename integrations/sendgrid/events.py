"""Reading what became of our mails: the Event Webhook (messaging.md 3.4).

A batch is one JSON array, one event per line, closed by a CRLF that is signed too. Events come
in any order and more than once: `id` tells a repeat. What is no event is passed over and counted,
so that one odd entry never costs its neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from conversations.vocabulary.messages import Failure, Receipt
from integrations.kit.mail.addresses import check_address
from integrations.kit.mail.errors import MalformedMail
from integrations.kit.mail.words import clean_line
from integrations.sendgrid.inbound import PROVIDER

MAX_BODY = 4 * 1024 * 1024
MAX_EVENTS = 10_000
MAX_REASON = 500
INTENT_FIELD = "intent"
"""Our id of the sending: travels in `custom_args`, comes back flattened into the event."""


class Kind(StrEnum):
    """What happened, in SendGrid's words but for the two kinds of bounce."""

    PROCESSED = "processed"
    DEFERRED = "deferred"  # the receiving server said: later; SendGrid tries on
    DELIVERED = "delivered"
    BOUNCED = "bounce"  # for good
    BLOCKED = "blocked"  # this time
    DROPPED = "dropped"  # SendGrid did not even try
    OPEN = "open"
    CLICK = "click"
    SPAM_REPORT = "spamreport"
    UNSUBSCRIBE = "unsubscribe"
    GROUP_UNSUBSCRIBE = "group_unsubscribe"
    GROUP_RESUBSCRIBE = "group_resubscribe"


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One event about one mail to one recipient.

    Attributes:
        id: SendGrid's, unique; a repeat has the same.
        kind: what happened.
        at: when, as SendGrid's clock has it.
        recipient: lower case; empty when it is not plain.
        intent: our id of the sending, or empty.
        message_id: SendGrid's id of the mail as `mail/send` answered it (`X-Message-Id`), or empty.
        reason: why it was not delivered, one line; holds the address, so never log it.
        status: enhanced status code, `5.1.1`, or empty.
        attempt: of a deferred one, counted from 1; else 0.
    """

    id: str
    kind: Kind
    at: datetime
    recipient: str
    intent: str
    message_id: str
    reason: str = ""
    status: str = ""
    attempt: int = 0

    @property
    def ends_mail(self) -> bool:
        """Whether this mailbox must get no further mail from us (messaging.md 3.4)."""
        if self.kind is Kind.DROPPED:
            return _SUPPRESSED.match(self.reason) is not None
        return self.kind in (
            Kind.BOUNCED,
            Kind.SPAM_REPORT,
            Kind.UNSUBSCRIBE,
            Kind.GROUP_UNSUBSCRIBE,
        )

    def as_receipt(self) -> Receipt:
        """Return it as what every provider reports about a sending."""
        return Receipt(
            provider=PROVIDER,
            provider_message_id=self.message_id,
            intent=self.intent,
            status=self.kind.value,
            error_code=self.status or None,
            failure=self._failure(),
        )

    def _failure(self) -> Failure | None:
        """Return what the event asks for (messaging.md 3.4); a deferred mail asks for patience."""
        if self.kind is Kind.SPAM_REPORT:
            return Failure.OPTED_OUT
        if self.kind in (Kind.UNSUBSCRIBE, Kind.GROUP_UNSUBSCRIBE):
            return Failure.NO_NOTICES
        if self.ends_mail:
            return Failure.UNREACHABLE
        return Failure.GIVE_UP if self.kind in (Kind.BLOCKED, Kind.DROPPED) else None


@dataclass(frozen=True, slots=True)
class Batch:
    """One request's events, and how many entries were none."""

    events: tuple[MailEvent, ...]
    skipped: int


_SUPPRESSED = re.compile(r"(?:bounced address|unsubscribed address|spam ?report)", re.I)
_ID = re.compile(r"[A-Za-z0-9_=+/.-]{1,200}")
_SERVER = re.compile(r"\.(?:filter|recv)")
_INTENT = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_LATEST = 4_102_444_800  # the year 2100: a later time is milliseconds, or nonsense


def parse_events(raw_body: bytes) -> Batch:
    """Return the events of a request whose signature was right.

    Raises:
        MalformedMail: no JSON array, or too long.
    """
    if len(raw_body) > MAX_BODY:
        raise MalformedMail("too_long")
    try:
        entries = orjson.loads(raw_body)
    except orjson.JSONDecodeError:
        raise MalformedMail("no_events") from None
    if not isinstance(entries, list):
        raise MalformedMail("no_events")
    read = [_read_event(entry) for entry in entries[:MAX_EVENTS]]
    events = tuple(event for event in read if event is not None)
    return Batch(events, len(entries) - len(events))


def _read_event(entry: Any) -> MailEvent | None:
    if not isinstance(entry, dict):
        return None
    kind, at = _read_kind(entry), _read_time(entry.get("timestamp"))
    event_id = entry.get("sg_event_id")
    if kind is None or at is None or not isinstance(event_id, str) or not _ID.fullmatch(event_id):
        return None
    return MailEvent(
        id=event_id,
        kind=kind,
        at=at,
        recipient=check_address(_text(entry, "email")),
        intent=_matching(_INTENT, _text(entry, INTENT_FIELD)),
        message_id=_read_message_id(_text(entry, "sg_message_id")),
        reason=clean_line(_text(entry, "reason") or _text(entry, "response"), MAX_REASON),
        status=_matching(_STATUS, _text(entry, "status")),
        attempt=_read_attempt(entry.get("attempt")),
    )


def _read_kind(entry: dict[str, Any]) -> Kind | None:
    word = _text(entry, "event")
    if word == "bounce" and entry.get("type") == "blocked":
        return Kind.BLOCKED
    try:
        return Kind(word)
    except ValueError:
        return None


def _read_message_id(value: str) -> str:
    """Return what `mail/send` answered: it is followed by the name of the server that took it."""
    named = _SERVER.split(value, maxsplit=1)
    return _matching(_ID, named[0] if len(named) > 1 else value.partition(".")[0])


def _read_time(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return datetime.fromtimestamp(value, UTC) if 0 < value < _LATEST else None


def _read_attempt(value: object) -> int:
    """Return the count, which comes as a string."""
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _matching(form: re.Pattern[str], value: str) -> str:
    return value if form.fullmatch(value) else ""
