"""What follows when a message did not arrive: refused at once, or reported later by a receipt.

A carrier's stop is a stop. A handle that nothing arrives at gets nothing more until its owner
writes. What may have failed for the moment is sent once more. What only a person can mend is
told to those who operate the service, by log and metric, with the provider's code and no more.
Source of the rules: contracts/messaging.md section 1.7.
"""

from __future__ import annotations

import structlog
from prometheus_client import Counter

from bot import stopping
from bot.deeds.ended import Ended
from bot.storage import again, consents, deliveries, outbox, residents
from bot.storage.attempts import Claim
from bot.storage.crypto import Vault
from bot.storage.deliveries import Moved
from bot.storage.engine import Connection
from conversations.vocabulary.messages import Failure, Receipt
from conversations.vocabulary.requests import SendOutcome
from integrations.kit.errors import AdapterError, HandleOptedOut, HandleUnreachable

OPTED_OUT, UNREACHABLE = "opted_out", "unreachable"
SILENT = (OPTED_OUT, UNREACHABLE, "notices_off")
"""Codes of sends that are given up without becoming dead letters: nobody can mend them."""

ARRIVED = ("delivered", "read")
FAILED = Counter(
    "messages_failed_total",
    "Messages refused or not delivered, by the provider's code and what it asks for",
    ["provider", "code", "failure"],
)
log = structlog.get_logger("bot.setbacks")


def end_of(claim: Claim, error: AdapterError, vault: Vault, now: int) -> Ended:
    """Return how a send ends that its provider's adapter could not make."""
    _count_error(claim, error)
    code = error.detail or error.label
    if isinstance(error, HandleOptedOut):

        def stop(connection: Connection) -> list[str]:
            who = (claim.resident_id, claim.provider, error.detail)
            stopping.stop_by_provider(connection, vault, *who, now)
            return []

        return Ended(error.outcome, OPTED_OUT, also=stop)
    if isinstance(error, HandleUnreachable):

        def give_up(connection: Connection) -> list[str]:
            give_up_handle(connection, claim.resident_id, code, now)
            return []

        return Ended(error.outcome, UNREACHABLE, also=give_up)
    if error.code == "rate_limited":  # refused for its pace alone
        return Ended(SendOutcome.NOT_SENT, error.code, retry_after=error.retry_after)
    return Ended(error.outcome, error.code, retry_after=error.retry_after)


def give_up_handle(connection: Connection, resident_id: str, reason: str, now: int) -> None:
    """Send nothing more to a handle that nothing arrives at, until its owner writes."""
    residents.note_unreachable(connection, resident_id, reason, now)
    outbox.suppress_unreachable(connection, resident_id, now)


def take_receipt(connection: Connection, vault: Vault, receipt: Receipt, now: int) -> bool:
    """Store a receipt and do what it asks for; False when it changes nothing."""
    moved = deliveries.note_receipt(connection, vault, receipt, now)
    if moved.new:
        follow_receipt(connection, vault, receipt, moved, now)
    return moved.new


def follow_receipt(
    connection: Connection, vault: Vault, receipt: Receipt, moved: Moved, now: int
) -> None:
    """Do what a receipt asks for, in the transaction that stores it. Only for a new one."""
    if moved.resident_id is None:
        return
    code = receipt.error_code or receipt.status
    match receipt.failure:
        case None:
            if receipt.status in ARRIVED:
                residents.note_reached(connection, [moved.resident_id])
        case Failure.OPTED_OUT:
            stopping.note_carrier_stop(connection, vault, moved.resident_id, receipt, now)
        case Failure.NO_NOTICES:
            consents.stop_notices(connection, vault, moved.resident_id, "provider", now)
        case Failure.UNREACHABLE:
            give_up_handle(connection, moved.resident_id, code, now)
        case Failure.DOUBTFUL:
            if residents.note_doubt(connection, moved.resident_id, code, now):
                outbox.suppress_unreachable(connection, moved.resident_id, now)
        case Failure.RETRY_LATER | Failure.SLOW_DOWN:
            again.add_again(connection, vault, moved.outbox_id, receipt.retry_after_s, now)


def tell_receipt(receipt: Receipt) -> None:
    """Count a message that did not arrive, and tell those who operate the service if they can
    do something about it.
    """
    if receipt.failure is None:
        return
    code = receipt.error_code or "none"
    # An unknown code is not made a label: whoever invents codes must not fill the memory.
    known = receipt.failure is not Failure.GIVE_UP or not receipt.alert
    label = code if known else "other"
    FAILED.labels(receipt.provider, label, receipt.failure.value).inc()
    fields = {"integration.provider": receipt.provider, "error_code": code}
    if receipt.failure is Failure.PAGE:
        log.error("operator_needed", **fields)
    elif receipt.alert:
        log.warning("message_not_delivered", **fields)


def _count_error(claim: Claim, error: AdapterError) -> None:
    """Count a refusal; one that only a person can mend is an error in the log."""
    if not error.detail and not error.pages:
        return
    code = error.detail or error.label
    failure = Failure.PAGE.value if error.pages else error.label
    FAILED.labels(claim.provider, code, failure).inc()
    if error.pages:
        fields = {"integration.provider": claim.provider, "error_code": code}
        log.error("operator_needed", trace_id=claim.trace_id, **fields)
