"""The end of a turn: what it gathered becomes one reply, outbox rows, timers, transcript lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import lanes
from bot.deeds.inside import Inside, Turn, inside
from bot.mail.answers import MailAnswers, MailEnd
from bot.quiet import loud_from
from bot.registry import Render
from bot.storage.conversations import Memory
from bot.storage.crypto import Vault
from bot.storage.inbox import Waiting
from bot.storage.metadata import from_ms, to_ms
from bot.storage.outbox import Allowance, NewJob
from bot.storage.transcript import Line
from bot.storage.turns import Begun, Finished
from conversations.engine.settle import settle
from conversations.engine.talk import Talk
from conversations.vocabulary.city import City
from conversations.vocabulary.effects import Do, Remind, Say
from conversations.wording.catalogue import Catalogue

ENOUGH = "shared.enough"
"""Phrase of the last text of a day to a number that had too many."""

NEVER_CAPPED = ("emergency.", "help.", "consent.")
"""Phrases that no budget holds back."""


@dataclass(slots=True)
class Work:
    """What one turn gathers while it steps.

    `fresh` is True for a conversation's first turn, `may_ask` while a link to prove a mail may be
    sent; one turn sends at most one.
    """

    talk: Talk
    fresh: bool = False
    may_ask: bool = True
    says: list[Say] = field(default_factory=list)
    does: list[Do] = field(default_factory=list)
    reminds: list[Remind] = field(default_factory=list)
    marks: list[tuple[Waiting, str, str | None]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    held: list[Waiting] = field(default_factory=list)
    unheard: list[Waiting] = field(default_factory=list)

    def hold(self, waiting: Waiting) -> None:
        """Keep an event until its sender proves it; the turn goes on as if it had not come.

        Without a link to prove it by it only stays on record.
        """
        self.marks.append((waiting, "held" if self.may_ask else "silent", "unproven"))
        self.unheard.append(waiting)
        if self.may_ask:
            self.held.append(waiting)
        self.may_ask = False


@dataclass(frozen=True, slots=True)
class _Reply:
    """What the one reply of a turn is sent with."""

    office: str
    lane: int
    mail: MailEnd
    trace_id: str
    at: int


class TurnEnd:
    """Makes what a turn leaves, ready to be committed.

    Args:
        vault: seals what deeds keep.
        catalogue, renders: phrases, and channel to how it renders.
        providers_311: city slug to the name of the provider that files there.
        cities: by slug.
        mail: what a reply by mail carries besides.
        senders: channel to the provider that sends there, for deeds that write to somebody else.
    """

    def __init__(
        self,
        vault: Vault,
        catalogue: Catalogue,
        renders: Mapping[str, Render],
        providers_311: Mapping[str, str],
        cities: Mapping[str, City],
        mail: MailAnswers,
        senders: Mapping[str, str] | None = None,
    ) -> None:
        self._vault = vault
        self._mail = mail
        self._catalogue = catalogue
        self._renders = renders
        self._providers_311 = providers_311
        self._cities = cities
        self._senders = dict(senders or {})

    def finish(self, begun: Begun, work: Work, now: datetime) -> Finished:
        """Return everything the turn leaves, ready to be committed."""
        leased, at = begun.leased, to_ms(now)
        heard = [waiting for waiting in begun.waiting if waiting.kind == "heard"]
        office = heard[-1].event.get("office") or leased.office if heard else leased.office
        trace_id = begun.waiting[-1].trace_id
        lane = lanes.lane_of(work.kinds or ["heard"])
        mail = MailEnd()
        if leased.channel == "email":
            notice, language = lane == lanes.NOTICES, work.talk.language
            mail = self._mail.prepare(begun, work.held, work.does, language, notice, at)
        reply = _Reply(office, lane, mail, trace_id, at)
        text, jobs = self._reply(begun, work, reply)
        lines = [
            Line(leased.id, leased.turn + 1, "resident", waiting.event["text"], waiting.queued_at)
            for waiting in heard
            if waiting not in work.unheard  # nobody knows yet whose words these are
        ]
        if text:
            lines.append(Line(leased.id, leased.turn + 1, "city", text, at))
        return Finished(
            memory=Memory(leased, work.talk.to_json(), office, at),
            marks=work.marks,
            lines=lines,
            jobs=jobs,
            timers=_timers(leased.id, work.reminds, self._cities[leased.city], now),
            now=at,
            inside=self._inside(begun, work, trace_id, at),
            tokens=mail.tokens if jobs else (),
        )

    def _reply(self, begun: Begun, work: Work, reply: _Reply) -> tuple[str, list[NewJob]]:
        """Return the one text of this turn, and the outbox row that sends it."""
        leased = begun.leased
        stops = any(do.name == "opt_out" for do in work.does)
        starts = any(do.name == "opt_in" for do in work.does)
        says = settle([*reply.mail.says, *work.says])
        if not says or (leased.opted_out and not starts):
            return "", []
        text = self._renders[leased.channel](self._catalogue, work.talk.language, says)
        if not text:
            return "", []
        lane = lanes.STOP_AND_HELP if stops else reply.lane
        hold_s = min(say.hold_s for say in says)
        job = {
            "channel": leased.channel,
            "sender": reply.office,
            "recipient": leased.handle,
            "text": text,
            **({"mail": reply.mail.job} if reply.mail.job else {}),
        }
        row = NewJob(
            conversation_id=leased.id,
            resident_id=leased.resident_id,
            kind="send",
            name=says[-1].phrase[:40],
            provider=leased.provider,
            lane=lane,
            dedupe=f"{leased.id}:{leased.turn + 1}:say",
            job=job,
            next_attempt_at=reply.at + hold_s * 1000,
            expires_at=lanes.expires_at(lane, reply.at),
            trace_id=reply.trace_id,
            replaceable=hold_s > 0,
            allowed_once=stops,
            allowance=None if stops else self._allowance(begun, work, says, reply.at),
        )
        return text, [row]

    def _allowance(
        self, begun: Begun, work: Work, says: Sequence[Say], at: int
    ) -> Allowance | None:
        """Return what the text needs to be counted; None for what no budget may hold back."""
        city = self._cities[begun.leased.city]
        if begun.leased.channel != "sms" or any(s.phrase.startswith(NEVER_CAPPED) for s in says):
            return None
        enough = self._catalogue.text(work.talk.language, Say(ENOUGH, {"phone": city.phone}))
        day = from_ms(at).astimezone(ZoneInfo(city.timezone)).date().isoformat()
        return Allowance(day, enough, begun.known)

    def _inside(self, begun: Begun, work: Work, trace_id: str, at: int) -> list[Inside]:
        """Return the changes of our tables that belong to the turn, in order."""
        leased, language = begun.leased, work.talk.language
        return [
            inside(
                do,
                Turn(
                    vault=self._vault,
                    city=leased.city,
                    channel=leased.channel,
                    conversation_id=leased.id,
                    resident_id=leased.resident_id,
                    key=f"{leased.id}:{leased.turn + 1}:{index}",
                    trace_id=trace_id,
                    provider_311=self._providers_311[leased.city],
                    now=at,
                    language=language,
                    write=self._catalogue.text,
                    pack=self._cities[leased.city],
                    senders=self._senders,
                ),
            )
            for index, do in enumerate(work.does)
        ]


def _timers(
    conversation_id: str, reminds: Sequence[Remind], city: City, now: datetime
) -> list[dict[str, Any]]:
    """Return timer rows; of two of one kind the later wins, and none is due in quiet hours."""
    due = {
        remind.kind: to_ms(loud_from(city, now + timedelta(seconds=remind.after_s)))
        for remind in reminds
    }
    return [
        {"conversation_id": conversation_id, "kind": kind, "due_at": at} for kind, at in due.items()
    ]
