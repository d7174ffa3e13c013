"""Delivering: a row of the outbox is claimed, checked, tried once, and its end is written.

The intent is committed before anything leaves. Just before sending, the lease and the stop list are
read again: a worker that was frozen for a while must not act on what it knew. An attempt that may
have landed is `unknown` and is looked up by the reconciler, never simply sent again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from prometheus_client import Counter

from bot import setbacks
from bot.clock import Clock
from bot.deeds.ended import Ended, nothing
from bot.deeds.outside import Deeds
from bot.spool.watch import Watch
from bot.storage import attempts, dead_letters, outbox
from bot.storage.attempts import Claim, Mark
from bot.storage.crypto import Vault
from bot.storage.dead_letters import DeadLetter
from bot.storage.engine import Connection, Storage, StorageAwayError
from bot.storage.group import GroupCommit
from bot.storage.metadata import to_ms
from bot.storage.outbox import Ready
from bot.wakes import Wakes
from conversations.vocabulary.handles import Handle
from conversations.vocabulary.messages import OutboundMessage
from conversations.vocabulary.requests import SendOutcome
from integrations.kit.errors import AdapterError
from integrations.kit.ports import Messenger
from integrations.kit.traces import bind_trace

LEASE_S = 60
"""Seconds an attempt may take: the adapter's own deadline is 30, waiting for its pace included."""

MARGIN_S = 35
"""Seconds of the lease that must be left when an attempt begins."""

BACKOFF_FIRST_S, BACKOFF_LONGEST_S = 5.0, 900.0
SPOOL_WAIT_S = 10.0
"""Seconds a text is put off when the spool is not yet drained."""

LOOK_UP_AFTER_S = 60
"""Seconds after which a send in doubt is looked up (its provider's list lags behind)."""

ATTEMPTS = Counter("outbox_attempts_total", "Attempts, by how they ended", ["provider", "outcome"])
log = structlog.get_logger("bot.outbox")


@dataclass(frozen=True, slots=True)
class _Taken:
    """The result of a claim: a row to try, or letters buried because they came too late."""

    claim: Claim | None
    expired: Claim | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    """An attempt's mark and the changes that belong to it."""

    mark: Mark
    ended: Ended


@dataclass(frozen=True, slots=True)
class _Written:
    """What writing a mark left to do."""

    letters: tuple[DeadLetter, ...]
    wakes: tuple[str, ...]
    ready: tuple[Ready, ...]


class Composer(Protocol):
    """Gives a message what its channel has beyond the text, just before it is sent."""

    async def compose(self, claim: Claim, message: OutboundMessage) -> OutboundMessage:
        """Return the whole message, the same at every attempt."""
        ...


class Outbox:
    """Delivers rows. One instance per worker process.

    Args:
        storage, vault, wakes, clock, deeds: the shell's parts.
        messengers: provider to who sends.
        callback_url: provider to the address for its receipts, without the intent.
        composers: channel to who gives its messages what they have beyond their text.
        watch: looks for stops that are not yet in the database; None where there is no spool.
        lease_s, margin_s: shorter in tests only.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        wakes: Wakes,
        clock: Clock,
        deeds: Deeds,
        messengers: Mapping[str, Messenger],
        callback_url: Mapping[str, str],
        composers: Mapping[str, Composer] | None = None,
        watch: Watch | None = None,
        lease_s: float = LEASE_S,
        margin_s: float = MARGIN_S,
    ) -> None:
        self._lease_ms = round(lease_s * 1000)
        self._margin_ms = round(margin_s * 1000)
        self._storage = storage
        self._vault = vault
        self._wakes = wakes
        self._clock = clock
        self._deeds = deeds
        self._messengers = messengers
        self._callback_url = callback_url
        self._composers = composers or {}
        self._watch = watch
        self._claims: GroupCommit[str, _Taken] = GroupCommit(storage, self._claim, order=str)
        self._checks: GroupCommit[Claim, str | None] = GroupCommit(
            storage,
            lambda c, held: attempts.why_not_send(c, held, self._margin_ms),
            order=lambda claim: claim.id,
            reading=True,
        )
        self._marks: GroupCommit[_Result, _Written] = GroupCommit(
            storage,
            self._write,
            order=lambda result: result.mark.claim.id,
            after=self._announce,
        )

    async def deliver(self, row_id: str) -> None:
        """Try one row once, if it may be tried now."""
        taken = await self._claims.submit(row_id)
        if taken.expired is not None:
            await self._bury_expired(taken.expired)
        if taken.claim is None:
            return
        ended = await self._attempt(taken.claim)
        if ended is not None:
            ATTEMPTS.labels(taken.claim.provider, ended.outcome.value).inc()
            await self.settle(taken.claim, ended)

    async def settle(self, claim: Claim, ended: Ended) -> None:
        """Write how an attempt ended and tell whom it concerns."""
        await self._marks.submit(_Result(self._mark(claim, ended), ended))

    async def finish(self) -> None:
        """Wait until everything marked is committed and told."""
        await self._marks.finish()

    async def _announce(self, written: list[_Written]) -> None:
        """Tell what a batch of marks leaves to do."""
        await self._wakes.index_dead([letter for item in written for letter in item.letters])
        turns = [row for item in written for row in item.wakes]
        await self._wakes.publish(turns, [ready for item in written for ready in item.ready])

    def message_of(self, claim: Claim) -> OutboundMessage:
        """Return the message a row sends; its intent is the attempt's id."""
        job = claim.job
        left_s = (claim.expires_at - to_ms(self._clock.now())) // 1000
        return OutboundMessage(
            intent=claim.attempt_id,
            channel=job["channel"],
            sender=Handle(job["sender"]),
            recipient=Handle(job["recipient"]),
            text=job["text"],
            callback_url=self._callback_url.get(claim.provider, ""),
            validity_s=max(60, min(left_s, 36_000)),
        )

    def _claim(self, connection: Connection, ids: list[str]) -> list[_Taken]:
        now = to_ms(self._clock.now())
        tries, expired = attempts.claim(connection, self._vault, ids, now, self._lease_ms)
        by_id = {claim.id: _Taken(claim) for claim in tries}
        by_id |= {claim.id: _Taken(None, claim) for claim in expired}
        return [by_id.pop(row, _Taken(None)) for row in ids]

    async def _attempt(self, claim: Claim) -> Ended | None:
        """Try once; None when the row is no longer ours to try."""
        bind_trace(claim.trace_id)  # the call's log line and span carry the row's trace
        why_not = await self._checks.submit(claim)
        if why_not == "lease_lost":
            log.warning("lease_lost", trace_id=claim.trace_id)
            return None
        if why_not is not None:
            return Ended(SendOutcome.REFUSED, why_not)
        if (wait := self._why_wait(claim)) is not None:
            return Ended(SendOutcome.NOT_SENT, wait, retry_after=SPOOL_WAIT_S)
        try:
            if claim.kind == "do":
                return await self._deeds.do(claim)
            return await self._send(claim)
        except StorageAwayError:
            raise  # nothing can be written now; the lease lapses and the row is looked up
        except Exception as error:  # a defect of ours after the intent: nobody knows what happened
            log.error("attempt_failed", error_code=type(error).__name__, trace_id=claim.trace_id)
            return Ended(SendOutcome.UNKNOWN, "defect")

    def _why_wait(self, claim: Claim) -> str | None:
        """Return what in this machine's spool a text must wait for, or None."""
        if self._watch is None or claim.kind != "send":
            return None
        return self._watch.why_wait(claim.job["recipient"], claim.lane, claim.allowed_once)

    async def _send(self, claim: Claim) -> Ended:
        try:
            message = self.message_of(claim)
            if (composer := self._composers.get(message.channel)) is not None:
                message = await composer.compose(claim, message)
            sent = await self._messengers[claim.provider].send(message)
        except AdapterError as error:
            return setbacks.end_of(claim, error, self._vault, to_ms(self._clock.now()))
        return Ended(SendOutcome.ACCEPTED, message_id=sent.provider_message_id)

    def _mark(self, claim: Claim, ended: Ended) -> Mark:
        """Return the mark for an end: done, again later, in doubt, suppressed or dead."""
        now = to_ms(self._clock.now())
        match ended.outcome:
            case SendOutcome.ACCEPTED:
                state, next_at = "done", now
            case SendOutcome.NOT_SENT:
                state, next_at = "queued", now + self._pause_ms(claim, ended)
            case SendOutcome.UNKNOWN:
                state, next_at = "unknown", now + LOOK_UP_AFTER_S * 1000
            case SendOutcome.REFUSED:
                state, next_at = ("suppressed" if ended.code in setbacks.SILENT else "dead"), now
        return Mark(claim, state, ended.outcome.value, ended.code, ended.message_id, next_at)

    @staticmethod
    def _pause_ms(claim: Claim, ended: Ended) -> int:
        """Return how long to wait: what was asked for, else doubling with jitter."""
        if ended.retry_after is not None:
            return round(min(ended.retry_after, BACKOFF_LONGEST_S) * 1000)
        doublings = min(claim.attempts - 1, 10)
        pause = min(BACKOFF_FIRST_S * float(2**doublings), BACKOFF_LONGEST_S)
        return round(pause * random.uniform(0.5, 1.0) * 1000)  # noqa: S311  # not a secret

    def _write(self, connection: Connection, results: list[_Result]) -> list[_Written]:
        """Write marks of attempts that are still the newest of their rows."""
        now = to_ms(self._clock.now())
        current = attempts.lock_current(connection, [result.mark for result in results])
        kept = [result for result, fresh in zip(results, current, strict=True) if fresh]
        attempts.mark(connection, self._vault, [result.mark for result in kept], now)
        waiting = outbox.next_of(connection, [r.mark.claim.conversation_id for r in kept], now)
        written = []
        for result, fresh in zip(results, current, strict=True):
            if not fresh:
                written.append(_Written((), (), ()))
                continue
            mine = result.mark.claim.conversation_id
            ready = tuple(item for item in waiting if item.conversation_id == mine)
            written.append(self._follow(connection, result, ready, now))
        return written

    def _follow(
        self, connection: Connection, result: _Result, ready: tuple[Ready, ...], now: int
    ) -> _Written:
        """Write what belongs to one mark; `ready` are sends that waited for this one."""
        wakes = (result.ended.also or nothing)(connection)
        dead = []
        if result.mark.state == "dead":
            dead.append((result.mark.claim, result.mark.code or "refused"))
        return _Written(tuple(dead_letters.bury(connection, dead, now)), tuple(wakes), ready)

    async def _bury_expired(self, claim: Claim) -> None:
        """Bury a row that is useless by now; a report that could not be filed is owned up to."""
        also = await self._deeds.give_up(claim) if claim.kind == "do" else nothing
        now = to_ms(self._clock.now())

        def bury(connection: Connection) -> tuple[list[DeadLetter], list[str]]:
            attempts.set_state(connection, [claim.id], "dead", "expired", now)
            return dead_letters.bury(connection, [(claim, "expired")], now), also(connection)

        letters, wakes = await self._storage.write(bury)
        await self._wakes.index_dead(letters)
        await self._wakes.publish(wakes)
