"""Executing a stop or a start: the ledger, the stop list, what waits, the one confirmation."""

from __future__ import annotations

from dataclasses import dataclass

from bot import lanes
from bot.consent import Wish, Word
from bot.storage import consents, outbox
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob, Ready
from conversations.vocabulary.messages import InboundMessage, Receipt

STOPPED = "consent.stopped"
STARTED = "consent.started"
"""Phrases of the confirmations."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The confirmation to send, or nothing when somebody else gives it. `text` is exact."""

    phrase: str
    text: str


def execute(
    connection: Connection,
    vault: Vault,
    *,
    resident_id: str,
    conversation_id: str,
    message: InboundMessage,
    word: Word,
    answer: Answer | None,
    trace_id: str,
    now: int,
) -> list[Ready]:
    """Stop or start everything for a resident, with proof. Returns rows to be sent now."""
    stop = word.wish is Wish.STOP
    moved = consents.record(
        connection,
        vault,
        resident_id=resident_id,
        channel=message.channel,
        topic="all",
        state="out" if stop else "in",
        method=word.method,
        evidence={
            "provider": message.provider,
            "message_id": message.provider_message_id,
            "text": message.text,
            "opt_out_type": message.opt_out_type,
        },
        actor="resident",
        now=now,
    )
    for row in moved if stop else ():
        outbox.suppress(connection, row, now)
    if answer is None:
        return []
    job = NewJob(
        conversation_id=conversation_id,
        resident_id=resident_id,
        kind="send",
        name=answer.phrase,
        provider=message.provider,
        lane=lanes.STOP_AND_HELP,
        dedupe=f"consent:{message.provider}:{trace_id}",
        job={
            "channel": message.channel,
            "sender": message.recipient,
            "recipient": message.sender,
            "text": answer.text,
        },
        next_attempt_at=now,
        expires_at=lanes.expires_at(lanes.STOP_AND_HELP, now),
        trace_id=trace_id,
        allowed_once=stop,
    )
    return outbox.add(connection, vault, [job], now)


def note_carrier_stop(
    connection: Connection, vault: Vault, resident_id: str, receipt: Receipt, now: int
) -> None:
    """Take a carrier's "this number is on the stop list" as the stop it is."""
    stop_by_provider(connection, vault, resident_id, receipt.provider, receipt.error_code, now)


def stop_by_provider(
    connection: Connection,
    vault: Vault,
    resident_id: str,
    provider: str,
    code: str | None,
    now: int,
) -> None:
    """Record a stop that a provider reported, for this handle, and drop what still waits.

    A word of the resident's own comes in as a message besides, and stops all their handles.
    """
    consents.record(
        connection,
        vault,
        resident_id=resident_id,
        channel="sms" if provider == "twilio" else "email",
        topic="all",
        state="out",
        method="provider",
        evidence={"provider": provider, "code": code},
        actor="provider",
        now=now,
        alone=True,
    )
    outbox.suppress(connection, resident_id, now)
