"""Replaying a dead letter, where that is right: docs/adr/0016.

Never what may have happened (unless a person has looked and says so), nor what would be too late,
nor to somebody who said stop or whom nothing reaches, nor what was overtaken by a later message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot import lanes
from bot.storage import again, dead_letters, service_requests
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.outbox import Ready
from bot.storage.residents import why_silent

DOUBT = "doubt"
"""Error code of a send that may have arrived, and could not be looked up."""

AUTOMATIC = ("upstream_rejected",)
"""Error codes of sends that are replayed once without being asked: the provider said no, perhaps
because of a key or a number that somebody has put right since."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to: `replayed`, or why not; and the row to be tried now."""

    word: str
    ready: Ready | None = None


def replay(
    connection: Connection,
    vault: Vault,
    outbox_id: str,
    now: int,
    *,
    not_sent: bool = False,
) -> Replayed:
    """Put a dead letter's row in the queue once more.

    Args:
        connection: in a transaction.
        vault: opens the job.
        outbox_id: which.
        now: milliseconds.
        not_sent: a person has looked: what is in doubt did not happen.
    """
    letter = dead_letters.find(connection, outbox_id)
    if letter is None:
        return Replayed("unknown")
    why_not = _why_not(connection, letter, now, not_sent=not_sent)
    if why_not is not None:
        return Replayed(why_not)
    report = None
    if letter.kind == "do":
        job = vault.open("outbox.job", outbox_id, letter.job_box)
        report = service_requests.read(connection, vault, job.get("request_id", ""))
        if report is None or report.filing != "refused":
            return Replayed("settled")  # filed anew meanwhile, or no filing at all
    ready = dead_letters.revive(connection, letter, now)
    if ready is None:
        return Replayed("not_dead")
    if report is not None:  # on its way again, so that a doubt is seen to
        service_requests.change(connection, vault, report, now=now, filing="filing")
    return Replayed("replayed", ready)


def _why_not(connection: Connection, letter: Any, now: int, *, not_sent: bool) -> str | None:
    """Return why a letter is not replayed, or None."""
    if letter.state != "dead":
        return "not_dead"
    if letter.discarded_at is not None:
        return "discarded"
    if letter.expires_at <= now:
        return "expired"
    if letter.error_code == DOUBT and not not_sent:
        return "in_doubt"
    if letter.kind != "send":
        return None
    silent = why_silent(letter, letter.lane, letter.allowed_once)
    if silent is not None:
        return silent
    passed = letter.lane != lanes.CONFIRMATIONS and again.is_overtaken(
        connection, letter.conversation_id, letter.lane, letter.outbox_id
    )
    return "overtaken" if passed else None
