"""The error tree: how a call to a provider can fail, and what that means for trying again.

    AdapterError
      NotSent                 nothing left the building; safe to try later
        Unreachable           connection refused, DNS, TLS
        BreakerOpen           too many failures lately
        QuotaSpent            today's calls are used up for this purpose
      QuotaUnknown          the count could not be asked; budgets fail closed
        Congested             its turn would come after the deadline
      Refused                 the provider answered no; nothing was changed
        Rejected              4xx: our request is at fault
        Unauthorised          401, 403: key, suspension, spent quota
        HandleOptedOut        whom it is for has said stop to the provider
        HandleUnreachable     nothing arrives there, now or later
        RateLimited           429: too fast, or too many
      Doubtful                it may or may not have happened
        ServerFailed          5xx
        TimedOut              no (complete) answer in time
        ConnectionLost        reset or closed after sending
        Unreadable            an answer that makes no sense, or is too large

Every class answers: `outcome` (what became of a state-changing call, RELIABILITY 5.1),
`retryable` (may a call that is safe to repeat be repeated at once), `loggable` (is it worth
a warning with its excerpt; our own closed doors come by the thousand) and `pages` (only a
person can mend it).
An error never holds a URL, a body, a header or anything a resident wrote: its text is made
of the provider's name, the operation's name, a code and a number.
"""
# ruff: noqa: N818  the names say what happened; that they are errors is said by the tree

from __future__ import annotations

from typing import ClassVar

from conversations.vocabulary.requests import SendOutcome


class AdapterError(Exception):
    """A call to a provider did not give what was asked for.

    Attributes:
        provider, operation: our own names, never personal.
        status: HTTP status, or None when there was no answer.
        retry_after: seconds the provider (or our breaker) asks us to wait, or None.
        detail: the provider's own short error code (`21610`), or None; letters and digits only.
        trace_id: of the call, as in its log line; set by the caller.
    """

    code: ClassVar[str] = "upstream_error"
    retryable: ClassVar[bool] = False
    loggable: ClassVar[bool] = True
    pages: ClassVar[bool] = False
    outcome: ClassVar[SendOutcome] = SendOutcome.UNKNOWN
    label: ClassVar[str] = "error"

    def __init__(
        self,
        provider: str,
        operation: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        detail: str | None = None,
    ) -> None:
        self.provider = provider
        self.operation = operation
        self.status = status
        self.retry_after = retry_after
        self.detail = _plain(detail)
        self.trace_id = ""
        super().__init__(provider, operation)

    def __str__(self) -> str:
        """Return one line without anything from outside but a status and a plain code."""
        parts = [f"{self.provider}.{self.operation}", self.code, self.label]
        if self.status is not None:
            parts.append(f"http {self.status}")
        if self.detail is not None:
            parts.append(f"code {self.detail}")
        return " ".join(parts)


class NotSent(AdapterError):
    """Nothing left the building."""

    outcome = SendOutcome.NOT_SENT
    label = "not_sent"


class Unreachable(NotSent):
    """The connection was refused, the name unknown, or TLS failed: nothing was sent."""

    retryable = True
    label = "unreachable"


class BreakerOpen(NotSent):
    """Half of the last twenty calls failed; `retry_after` says when one probe is let through."""

    code = "breaker_open"
    loggable = False
    label = "breaker_open"


class QuotaSpent(NotSent):
    """The calls of today are used up for this purpose."""

    code = "quota_spent"
    loggable = False
    label = "quota_spent"


class QuotaUnknown(NotSent):
    """The count of today's calls could not be asked (the database is away): no call is made."""

    code = "quota_unknown"
    label = "quota_unknown"


class Congested(NotSent):
    """The provider's pace would let this call through only after its deadline."""

    code = "rate_limited"
    loggable = False
    label = "congested"


class Refused(AdapterError):
    """The provider said no; nothing was changed."""

    code = "upstream_rejected"
    outcome = SendOutcome.REFUSED
    label = "refused"


class Rejected(Refused):
    """A 4xx: our request is at fault; the same request would be refused again."""

    label = "rejected"


class Unauthorised(Refused):
    """A 401 or 403: the key is wrong, suspended or out of quota. A person must look."""

    pages = True
    label = "unauthorised"


class HandleOptedOut(Refused):
    """Whom it is for has said stop to the provider: the stop list there has the handle."""

    label = "opted_out"


class HandleUnreachable(Refused):
    """Nothing arrives at this handle, now or later: no such number, a landline, no such mailbox."""

    label = "unreachable_handle"


class RateLimited(Refused):
    """A 429: refused for its pace alone, so it may be sent again, also when it changes state."""

    code = "rate_limited"
    retryable = True
    label = "rate_limited"


class Doubtful(AdapterError):
    """It may or may not have happened."""

    retryable = True
    label = "doubtful"


class ServerFailed(Doubtful):
    """A 5xx."""

    label = "server_failed"


class TimedOut(Doubtful):
    """No complete answer in time."""

    label = "timed_out"


class ConnectionLost(Doubtful):
    """The connection was reset or closed after something had been sent."""

    label = "connection_lost"


class Unreadable(Doubtful):
    """An answer that is not what the contract says, or is too large."""

    retryable = False
    label = "unreadable"


def _plain(detail: str | None) -> str | None:
    if detail is None or not detail.replace("_", "").isalnum() or not detail.isascii():
        return None
    return detail[:40]
