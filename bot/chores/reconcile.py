"""Settling what is in doubt: attempts that may have happened (RELIABILITY 5.1).

A text is looked up at its provider once its list is sure to be complete: found is done, not found
is sent again. Where nothing can be looked up (mail), the provider's own report settles the doubt as
soon as it comes (`storage/deliveries.py`); without one a person gets it, and nothing is sent again.
A submission is never sent again unless the city honours an idempotency key: its
resident is told that the city has not confirmed it yet, and a person gets it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter

from bot.deeds.ended import Ended
from bot.storage import doubts, service_requests
from bot.storage.attempts import Claim
from bot.storage.metadata import from_ms, to_ms
from conversations.vocabulary.requests import SendOutcome
from integrations.kit.errors import AdapterError

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 15
BATCH = 100
AGAIN_MS = 60_000
PARKED_MS = 3_600_000
GIVE_UP_MS = 15 * 60_000
"""A send in doubt that cannot be looked up for this long is put in front of a person."""

REPORT_MS = 3_600_000
"""How long a provider that cannot be asked has for a report about a send in doubt."""

SINCE = timedelta(minutes=5)
SETTLED = Counter("doubts_total", "Attempts in doubt, by how they were settled", ["kind", "result"])
log = structlog.get_logger("bot.chores.reconcile")


async def run(shell: Shell) -> None:
    """Settle every doubt whose time has come."""
    now = to_ms(shell.clock.now())
    for claim in await shell.storage.read(lambda c: doubts.unknown(c, shell.vault, now, BATCH)):
        if claim.kind == "send":
            await _settle_send(shell, claim, now)
        else:
            await _settle_deed(shell, claim, now)


async def _settle_send(shell: Shell, claim: Claim, now: int) -> None:
    """Look a text up; found is done, surely absent is sent again."""
    messenger = shell.messengers[claim.provider]
    if not messenger.can_find:
        await _await_report(shell, claim, now)
        return
    since = from_ms(claim.queued_at) - SINCE
    try:
        found = await messenger.find(shell.outbox.message_of(claim), since)
    except AdapterError as error:
        log.warning("look_up_failed", error_code=error.code, trace_id=claim.trace_id)
        if now - claim.queued_at < GIVE_UP_MS:
            await shell.storage.write(lambda c: doubts.postpone(c, claim.id, now + AGAIN_MS))
            return
        ended = Ended(SendOutcome.REFUSED, "doubt")
    else:
        if found is None:
            ended = Ended(SendOutcome.NOT_SENT, "not_found", retry_after=0)
        else:
            ended = Ended(SendOutcome.ACCEPTED, message_id=found.provider_message_id)
    SETTLED.labels("send", ended.outcome.value).inc()
    await shell.outbox.settle(claim, ended)


async def _await_report(shell: Shell, claim: Claim, now: int) -> None:
    """Leave a send in doubt to its provider's report for a while, then to a person."""
    until = await shell.storage.read(lambda c: doubts.began_at(c, claim)) + REPORT_MS
    if now < until:
        await shell.storage.write(lambda c: doubts.postpone(c, claim.id, until))
        return
    SETTLED.labels("send", "left").inc()
    await shell.outbox.settle(claim, Ended(SendOutcome.REFUSED, "doubt"))


async def _settle_deed(shell: Shell, claim: Claim, now: int) -> None:
    """Tell about a filing in doubt and leave it to a person; repeat only what a key makes safe."""
    report = await shell.storage.read(
        lambda c: service_requests.read(c, shell.vault, claim.job.get("request_id", ""))
    )
    if report is None:
        await shell.storage.write(lambda c: doubts.postpone(c, claim.id, now + PARKED_MS))
        return
    open_still = report.filing in ("filing", "unconfirmed")  # else settled, or filed anew
    if open_still and shell.requests311[report.city].has_idempotency_key:
        SETTLED.labels("submit", "repeated").inc()
        await shell.outbox.settle(claim, Ended(SendOutcome.NOT_SENT, "repeat", retry_after=0))
        return
    if report.filing == "filing":  # its worker died before it could say so
        SETTLED.labels("submit", "parked").inc()
        also = shell.deeds.ends.leave_unconfirmed(report)
        await shell.outbox.settle(claim, Ended(SendOutcome.UNKNOWN, "lease_lapsed", also=also))
    await shell.storage.write(lambda c: doubts.postpone(c, claim.id, now + PARKED_MS))
