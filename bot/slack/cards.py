"""Cards and their threads, kept up to date: the outdated are found, drawn from the outbox, once
each.

However many changes wait, the newest state is drawn: a row of the outbox names a case, and what it
shows is read when it is tried. Nothing of a case is kept in Slack that the card does not show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
import structlog

from bot import lanes
from bot.channels.slack.cards import draw_card
from bot.clock import Clock
from bot.deeds.ended import Also, Ended
from bot.desk.cards import make_card
from bot.desk.deadlines import due_at
from bot.desk.room import Parts
from bot.slack.posting import Poster
from bot.slack.routes import Routes
from bot.slack.threads import ThreadLine, lines_of
from bot.slack.workspaces import Workspaces
from bot.storage import cases, outbox, slack_cards
from bot.storage.attempts import Claim
from bot.storage.engine import Connection, Storage
from bot.storage.ids import new_id
from bot.storage.metadata import to_ms
from bot.storage.outbox import NewJob, Ready
from bot.storage.slack_cards import SlackCard
from bot.storage.staff import EVERY_CITY, Staff
from bot.wakes import Wakes
from conversations.vocabulary.requests import SendOutcome
from integrations.kit.errors import AdapterError
from integrations.slack.adapter import Message, SlackAdapter
from integrations.slack.errors_table import PROVIDER, MessageGone

AT_ONCE = 50
RECENT_MS = 120_000
"""How far back news are looked for every second."""

ALL_EVERY_MS = 5 * 60_000
"""How often all cases are looked through: for what nobody swept for a while, and snoozes over."""

LINES_AT_ONCE = 10
"""Lines one attempt posts at most: at one a second they must fit into its lease."""

NOBODY = Staff("", "", "admin", EVERY_CITY, active=True)
"""Who looks at a card that everybody in a channel sees."""

log = structlog.get_logger("bot.slack")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A case as it is to be shown, and what of it stands in Slack."""

    kept: SlackCard
    message: Message
    upto: int
    lines: tuple[ThreadLine, ...]
    since: int


class Cards:
    """Draws.

    Args:
        storage, clock, wakes: the shell's.
        parts: as for the desk.
        workspaces, routes: where cards go.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        clock: Clock,
        wakes: Wakes,
        parts: Parts,
        workspaces: Workspaces,
        routes: Routes,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._wakes = wakes
        self._parts = parts
        self._workspaces = workspaces
        self._routes = routes
        self._poster = Poster(storage, clock)
        self._all_at = 0

    async def redraw(self) -> None:
        """Queue what is outdated now and announce it."""
        now = to_ms(self._clock.now())
        await self._wakes.publish(ready=await self._storage.write(lambda c: self.queue(c, now)))

    def queue(self, connection: Connection, now: int) -> list[Ready]:
        """Queue every card that is missing or outdated; the sweeper does this every second."""
        jobs = []
        look_at_all = now - self._all_at >= ALL_EVERY_MS
        since = None if look_at_all else now - RECENT_MS
        found = slack_cards.find_stale(connection, now, AT_ONCE, since)
        if look_at_all and len(found) < AT_ONCE:
            self._all_at = now
        for stale in found:
            to = self._routes.of(stale.city, stale.type_key, stale.agency)
            if to is None:
                continue
            slack_cards.place(connection, stale.case_id, to.team, to.id)
            jobs.append(
                NewJob(
                    conversation_id=stale.conversation_id,
                    resident_id=stale.resident_id,
                    kind="do",
                    name=slack_cards.NAME,
                    provider=PROVIDER,
                    lane=lanes.CONFIRMATIONS,
                    dedupe=f"slack_card:{new_id()}",
                    job={"case_id": stale.case_id},
                    next_attempt_at=now,
                    expires_at=now + lanes.DEED_KEEP_S * 1000,
                    trace_id=stale.case_id,
                )
            )
        return outbox.add(connection, self._parts.vault, jobs, now) if jobs else []

    async def draw(self, claim: Claim) -> Ended:
        """Bring a card and its thread up to date; never raises for what Slack does."""
        case_id = str(claim.job["case_id"])
        drawn = await self._storage.read(lambda c: self._look(c, case_id))
        if drawn is None:
            return Ended(SendOutcome.ACCEPTED)
        slack = self._workspaces.of(drawn.kept.team)
        if slack is None:
            return Ended(SendOutcome.REFUSED, "no_workspace", also=_shown(drawn, None, drawn.upto))
        try:
            ts = await self._show(slack, drawn)
            done = await self._post_lines(slack, drawn, ts)
        except AdapterError as error:
            return self._not_shown(drawn, error)
        upto = drawn.upto if done else drawn.kept.shown_at
        return Ended(SendOutcome.ACCEPTED, also=_shown(drawn, hash_of(drawn.message), upto))

    def _look(self, connection: Connection, case_id: str) -> _Drawn | None:
        """Return a case as it stands now."""
        kept = slack_cards.read(connection, case_id)
        case = cases.read(connection, case_id)
        if kept is None or case is None:
            return None
        city = self._parts.cities[case.city]
        now = self._clock.now()
        local = now.astimezone(ZoneInfo(city.timezone))
        view = make_card(connection, self._parts, NOBODY, case, due_at(city, case), now)
        posts = slack_cards.posts_of(connection, case_id)
        lines = self._missing(connection, posts, local, case)
        # What happens in this very millisecond may come after this look: it is looked at again.
        upto = to_ms(now) - 1
        return _Drawn(kept, draw_card(view, local), upto, lines, case.opened_at)

    def _missing(
        self,
        connection: Connection,
        posts: Mapping[str, str | None],
        now: datetime,
        case: cases.Case,
    ) -> tuple[ThreadLine, ...]:
        if case.muted:
            return ()
        city = self._parts.cities[case.city]
        vault, catalogue = self._parts.vault, self._parts.catalogue
        lines = lines_of(connection, vault, catalogue, city, case, now)
        return tuple(line for line in lines if posts.get(line.name) is None)

    async def _show(self, slack: SlackAdapter, drawn: _Drawn) -> str:
        """Post the card, or put the newest state in the place of what it shows."""
        kept = drawn.kept
        if kept.ts is None:
            return await self._post_card(slack, drawn, kept)
        if kept.shown_hash == hash_of(drawn.message):
            return kept.ts
        try:
            await slack.update(kept.channel, kept.ts, drawn.message, intent=kept.name)
        except MessageGone:  # somebody deleted it
            await self._storage.write(lambda c: slack_cards.note_lost(c, kept))
            again = await self._storage.read(lambda c: slack_cards.read(c, kept.case_id))
            return await self._post_card(slack, drawn, again or kept)
        return kept.ts

    async def _post_card(self, slack: SlackAdapter, drawn: _Drawn, kept: SlackCard) -> str:
        return await self._poster.post(
            slack,
            kept.case_id,
            kept.name,
            kept.channel,
            drawn.message,
            is_card=True,
            since=drawn.since,
        )

    async def _post_lines(self, slack: SlackAdapter, drawn: _Drawn, ts: str) -> bool:
        """Post what the thread lacks; False when there is more than one attempt takes."""
        for line in drawn.lines[:LINES_AT_ONCE]:
            await self._poster.post(
                slack,
                drawn.kept.case_id,
                line.name,
                drawn.kept.channel,
                line.message,
                thread=ts,
                since=line.at,
            )
        return len(drawn.lines) <= LINES_AT_ONCE

    def _not_shown(self, drawn: _Drawn, error: AdapterError) -> Ended:
        """Return how a try ended that Slack did not take; one in doubt is looked up next time."""
        log.warning("card_not_drawn", error_code=error.code, label=error.label)
        refused = error.outcome is SendOutcome.REFUSED and error.code != "rate_limited"
        if refused:  # a person must mend something; the next news of the case try it again
            return Ended(
                SendOutcome.REFUSED,
                error.detail or error.code,
                also=_shown(drawn, None, drawn.upto),
            )
        return Ended(SendOutcome.NOT_SENT, error.code, retry_after=error.retry_after)


def hash_of(message: Message) -> str:
    """Return what tells two states of a card apart."""
    content = orjson.dumps([message.text, list(message.blocks)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()


def _shown(drawn: _Drawn, what: str | None, upto: int) -> Also:
    def note(connection: Connection) -> list[str]:
        slack_cards.note_shown(connection, drawn.kept.case_id, upto, what)
        return []

    return note
