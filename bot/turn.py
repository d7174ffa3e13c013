"""One turn: lease the conversation, step the engine over all that waits, commit, once.

No transaction is open while the turn thinks. Everything it leaves (memory, transcript, outbox rows,
timers, changes of our tables) is written in one transaction that checks the lease's fence, so
a turn is wholly there or not at all, and is taken up again. It gives at most one reply.

What nothing proves to be its sender's (a mail without our token and its domain's signature) is held
as soon as it would change anything (`proof.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter

from bot.clock import Clock
from bot.folding import Folded, fold
from bot.looks import Looks, Patience
from bot.mail.answers import MailAnswers
from bot.proof import changes, leaves_no_trace, must_prove
from bot.reading import Reads
from bot.registry import Render
from bot.storage import residents, turns
from bot.storage.budgets import USUAL, Budget
from bot.storage.crypto import Vault
from bot.storage.engine import Storage, StorageAwayError
from bot.storage.group import GroupCommit
from bot.storage.inbox import Waiting
from bot.storage.metadata import from_ms, to_ms
from bot.storage.turns import Begun, Committed, Finished
from bot.turn_end import TurnEnd, Work
from bot.wakes import Wakes
from conversations.engine.flow import Flow
from conversations.engine.given import Given
from conversations.engine.registry import discover_flows
from conversations.engine.silence import Silence
from conversations.engine.step import step
from conversations.engine.talk import Talk
from conversations.vocabulary.city import City
from conversations.vocabulary.effects import Do, Effect, Look, Remind, Say
from conversations.vocabulary.events import Elapsed, Event, Happened, Heard, Learned
from conversations.wording.catalogue import Catalogue
from integrations.kit.traces import bind_trace

LEASE_S = 20
"""Seconds a turn may take; its looks have eight, so a lapsed lease means a dead worker."""

MOST_ATTEMPTS = 3
"""Times an event may end its worker; before the last one it is taken alone (`inbox`)."""

CHANGES_WHO = frozenset(("unlink", "link"))
"""Deeds after which what waits has a turn of its own: its looks must see the change committed."""

MOST_LOOKS = 20
TROUBLE = "shared.trouble"
"""Phrase for an event that could not be understood by a defect of ours."""

SILENCES = Counter("turn_silences_total", "Turns whose reply was held back, by why", ["reason"])
TURNS = Counter("turns_total", "Turns, by what became of them", ["result"])
log = structlog.get_logger("bot.turn")


class Turns:
    """Takes turns. One instance per worker process.

    Args:
        storage, vault, wakes, clock, catalogue, looks: the shell's parts.
        cities, readers: by slug.
        renders: channel to how it renders.
        providers_311: slug to the name of the provider that files there.
        base_url: our public address, for links in mails.
        owner: unique name of this process, for the lease.
        senders: channel to the provider that sends there.
        budget: texts a day for one number and its neighbours.
        flows: all discovered ones unless a test gives others.
        lease_s: shorter in tests only.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        wakes: Wakes,
        clock: Clock,
        catalogue: Catalogue,
        looks: Looks,
        cities: Mapping[str, City],
        readers: Mapping[str, Reads],
        renders: Mapping[str, Render],
        providers_311: Mapping[str, str],
        base_url: str,
        owner: str,
        senders: Mapping[str, str] | None = None,
        budget: Budget = USUAL,
        flows: Mapping[str, Flow] | None = None,
        lease_s: float = LEASE_S,
    ) -> None:
        self._wakes = wakes
        self._clock = clock
        self._catalogue = catalogue
        self._looks = looks
        self._cities = cities
        self._readers = readers
        mail = MailAnswers(vault, base_url.rstrip("/"))
        self._end = TurnEnd(vault, catalogue, renders, providers_311, cities, mail, senders)
        self._flows = discover_flows() if flows is None else flows
        self._begins: GroupCommit[str, Begun | None] = GroupCommit(
            storage,
            lambda c, ids: turns.begin(
                c, vault, ids, owner, round(lease_s * 1000), to_ms(clock.now())
            ),
            order=str,
        )
        self._commits: GroupCommit[Finished, Committed] = GroupCommit(
            storage,
            lambda c, done: turns.commit(c, vault, budget, done),
            order=lambda done: done.memory.leased.id,
            after=self._announce,
        )

    async def take(self, conversation_id: str) -> None:
        """Take turns of a conversation until nothing waits or somebody else holds it."""
        more = True
        while more:
            begun = await self._begins.submit(conversation_id)
            if begun is None:
                return
            finished = await self._think(begun)
            committed = await self._commits.submit(finished)
            TURNS.labels("kept" if committed.kept else "lost").inc()
            if committed.capped:
                SILENCES.labels(Silence.CAPPED).inc()
            more = committed.more

    async def finish(self) -> None:
        """Wait until everything committed is told."""
        await self._commits.finish()

    async def _announce(self, committed: list[Committed]) -> None:
        """Tell the workers about rows that a batch of turns added."""
        await self._wakes.publish(ready=[ready for item in committed for ready in item.ready])

    async def _think(self, begun: Begun) -> Finished:
        """Step the engine over everything that waits."""
        leased, now = begun.leased, self._clock.now()
        city = self._cities[leased.city]
        local = now.astimezone(ZoneInfo(city.timezone))
        given = Given(
            city=city,
            reader=self._readers[leased.city],
            now=now,
            channel=leased.channel,
            office_open=city.office.is_open(local),
            office_opens=city.office.next_opening(local),
            known_resident=begun.known,
            opted_out=leased.opted_out,
            notices_off=leased.notices_off,
            away_since=_away_since(begun, to_ms(now)),
            catalogue=self._catalogue,
            flows=self._flows,
        )
        talk = self._recall(leased.talk, city)
        work = Work(talk, fresh=leased.turn == 0, may_ask=begun.may_ask)
        patience = Patience.begin()
        played = []
        for item in fold(begun.waiting):
            await self._handle(work, item, given, leased.resident_id, patience)
            played.append(item.event)
            if item.event.kind == "heard":
                given = replace(given, away_since=None)
            if any(do.name in CHANGES_WHO for do in work.does):
                break
        return self._end.finish(replace(begun, waiting=played), work, now)

    def _recall(self, talk: Any, city: City) -> Talk:
        """Return the conversation's memory; one that cannot be read is begun anew, politely."""
        if talk is None:
            return Talk.new(city.languages[0])
        try:
            return Talk.from_json(talk)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            log.error("talk_unreadable", error_code="talk_unreadable")
            language = talk.get("language") if isinstance(talk, dict) else None
            return Talk.new(language or city.languages[0])

    async def _handle(
        self, work: Work, item: Folded, given: Given, resident_id: str, patience: Patience
    ) -> None:
        """Play one event; one that our own defect breaks is kept apart and owned up to."""
        waiting = item.event
        if waiting.attempts >= MOST_ATTEMPTS:  # it ended its worker again and again
            log.error("event_quarantined", row_id=waiting.id, trace_id=waiting.trace_id)
            self._own_up(work, item, "attempts", given)
            return
        bind_trace(waiting.trace_id)  # so that its looks' log lines can be found
        before = work.talk
        if must_prove(waiting, before):
            work.hold(waiting)
            return
        try:
            effects = await self._play(work, _event_of(waiting), given, resident_id, patience)
        except StorageAwayError:
            raise  # no fault of the event's: it waits, and gets its turn when the database is back
        except Exception as error:  # a defect must not stop the conversation
            log.error("turn_failed", error_code=type(error).__name__, trace_id=waiting.trace_id)
            work.talk = before
            self._own_up(work, item, type(error).__name__[:30], given)
            return
        if changes(waiting, before, work.talk, effects, work.fresh):
            work.talk = before
            work.hold(waiting)
            return
        if leaves_no_trace(waiting, work.fresh):
            work.talk = before
            effects = [effect for effect in effects if not isinstance(effect, Remind)]
        work.says += [effect for effect in effects if isinstance(effect, Say)]
        work.does += [effect for effect in effects if isinstance(effect, Do)]
        work.reminds += [effect for effect in effects if isinstance(effect, Remind)]
        work.marks += [(row, "done", None) for row in item.rows]
        happened = waiting.event["kind"] if waiting.kind == "happened" else waiting.kind
        work.kinds.append(happened)

    def _own_up(self, work: Work, item: Folded, reason: str, given: Given) -> None:
        """Set an event apart, and say so to a resident who waits for an answer."""
        work.marks += [(row, "failed", reason) for row in item.rows]
        if item.event.kind == "heard":
            work.says.append(Say(TROUBLE, {"phone": given.city.phone}))

    async def _play(
        self, work: Work, event: Event, given: Given, resident_id: str, patience: Patience
    ) -> list[Effect]:
        """Step one event and the answers to its looks; return its effects without the looks."""
        gathered: list[Effect] = []
        queue: list[Event] = [event]
        looked = 0
        while queue:
            work.talk, effects = step(work.talk, queue.pop(0), given)
            for effect in effects:
                if not isinstance(effect, Look):
                    gathered.append(effect)
                elif looked < MOST_LOOKS:
                    looked += 1
                    slug = given.city.slug
                    answer = await self._looks.answer(effect, slug, resident_id, patience)
                    queue.append(Learned(effect.key, answer))
                else:
                    queue.append(Learned(effect.key, None))
            if looked >= MOST_LOOKS * 2:
                raise RuntimeError("a flow keeps looking")
        return gathered


def _away_since(begun: Begun, now: int) -> datetime | None:
    """Return since when this phone was silent, if so long that its holder may have changed.

    A message that waits in this very turn has ended the silence, and knows how long it was.
    """
    heard = [waiting for waiting in begun.waiting if waiting.kind == "heard"]
    if heard:
        away = heard[0].event.get("away_since")
    else:
        away = residents.away_since(begun.leased.channel, begun.leased.sure_at, now)
    return None if away is None else from_ms(away)


def _event_of(waiting: Waiting) -> Event:
    """Return the engine's event for an inbox row."""
    event = waiting.event
    if waiting.kind == "heard":
        away = event.get("away_since")
        since = None if away is None else from_ms(away)
        return Heard(event["text"], tuple(event["photos"]), event.get("about"), since)
    if waiting.kind == "elapsed":
        return Elapsed(event["kind"])
    return Happened(event["kind"], event["data"])
