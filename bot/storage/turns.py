"""The two transactions of a turn: begin (lease and load) and commit (everything or nothing)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from bot.storage import (
    budgets,
    conversations,
    inbox,
    outbox,
    service_requests,
    timers,
    tokens,
    transcript,
)
from bot.storage.budgets import Budget
from bot.storage.conversations import Leased, Memory
from bot.storage.crypto import Vault
from bot.storage.inbox import Waiting
from bot.storage.outbox import NewJob, Ready
from bot.storage.tokens import Token


@dataclass(frozen=True, slots=True)
class Begun:
    """A conversation in hand.

    Attributes:
        leased: the conversation.
        waiting: its events, oldest first.
        known: its resident filed before.
        may_ask: a link may be sent to prove a mail.
    """

    leased: Leased
    waiting: list[Waiting]
    known: bool
    may_ask: bool = True


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything a turn leaves.

    Attributes:
        memory: the conversation's new state.
        marks: each event with its new state and reason.
        lines: for the transcript.
        jobs: for the outbox.
        timers: rows for `timers.set_timers`.
        inside: changes of our own tables that must happen with the turn, run in its transaction.
        now: milliseconds.
        tokens: words that its reply gives away and that must work from now on.
    """

    memory: Memory
    marks: list[tuple[Waiting, str, str | None]]
    lines: list[transcript.Line]
    jobs: list[NewJob]
    timers: list[dict[str, Any]]
    now: int
    inside: list[Callable[[Connection], list[NewJob]]] = field(default_factory=list)
    tokens: Sequence[Token] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a turn.

    `kept` is False when the lease was lost (nothing was written), `ready` are rows to be tried now,
    `more` is True when further events wait, `capped` when the day's budget held its reply back.
    """

    kept: bool
    ready: list[Ready]
    more: bool
    capped: bool = False


def begin(
    connection: Connection, vault: Vault, ids: Sequence[str], owner: str, lease_ms: int, now: int
) -> list[Begun | None]:
    """Lease the conversations for which something is due and load them; None for the others."""
    free = conversations.lock_free(connection, vault, ids)
    waiting = inbox.take_waiting(connection, vault, list(free), now) if free else {}
    conversations.lease(connection, sorted(waiting), owner, lease_ms)
    known = service_requests.having_filed(connection, [free[row].resident_id for row in waiting])
    begun: dict[str, Begun] = {
        row: Begun(
            free[row],
            events,
            free[row].resident_id in known,
            all(event.proven for event in events) or tokens.may_ask_again(connection, row, now),
        )
        for row, events in waiting.items()
    }
    return [begun.pop(row, None) for row in ids]  # an id asked for twice is given once


def commit(
    connection: Connection, vault: Vault, budget: Budget, turns: Sequence[Finished]
) -> list[Committed]:
    """Write turns whose lease still holds; the others leave nothing.

    Whether more waits is looked up after the rows are locked: a wake-up that found the lease taken
    came before, so its event is seen here; a later one waits for the lock and finds it free.
    """
    held = conversations.lock_held(connection, [turn.memory.leased for turn in turns])
    kept = [turn for turn in turns if turn.memory.leased.id in held]
    kept = _spend(connection, vault, budget, kept)
    ready: list[Ready] = []
    more: set[str] = set()
    if kept:
        conversations.save(connection, vault, [turn.memory for turn in kept])
        marks = [(mark, turn.memory.leased.turn + 1) for turn in kept for mark in turn.marks]
        inbox.mark(connection, [mark for mark, _ in marks], [number for _, number in marks])
        transcript.add(connection, vault, [line for turn in kept for line in turn.lines])
        timers.set_timers(connection, [row for turn in kept for row in turn.timers])
        ready = _add_jobs(connection, vault, kept)
        for turn in kept:
            tokens.keep(connection, vault, turn.tokens, turn.now)
        more = inbox.still_waiting(connection, sorted(held), max(turn.now for turn in kept))
    capped = {job.conversation_id for turn in kept for job in turn.jobs if job.silent}
    results = []
    for turn in turns:
        row = turn.memory.leased.id
        mine = [item for item in ready if item.conversation_id == row]
        results.append(Committed(row in held, mine, row in more, row in capped))
    return results


def _spend(
    connection: Connection, vault: Vault, budget: Budget, kept: Sequence[Finished]
) -> list[Finished]:
    """Return turns whose texts are within the day's budget; the transcript tells what was sent."""
    spent = iter(budgets.spend(connection, vault, budget, [j for turn in kept for j in turn.jobs]))
    within = []
    for turn in kept:
        jobs = [next(spent) for _ in turn.jobs]
        lines = turn.lines
        if jobs != turn.jobs:
            said = [job.job["text"] for job in jobs if job.silent is None]
            lines = [
                replace(line, text=said[0]) if line.speaker == "city" else line
                for line in turn.lines
                if said or line.speaker != "city"
            ]
        within.append(replace(turn, jobs=jobs, lines=lines))
    return within


def _add_jobs(connection: Connection, vault: Vault, kept: list[Finished]) -> list[Ready]:
    """Run what happens inside, drop held replies that new ones replace, add the outbox rows."""
    jobs: list[NewJob] = []
    for turn in kept:
        jobs += turn.jobs
        for change in turn.inside:
            jobs += change(connection)
    replying = sorted({job.conversation_id for job in jobs if job.kind == "send"})
    now = max(turn.now for turn in kept)
    if replying:
        outbox.replace_held(connection, replying, now)
    return outbox.add(connection, vault, jobs, now)
