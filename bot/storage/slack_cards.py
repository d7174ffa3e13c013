"""What can be done with cards in Slack: find the outdated, claim posts, note what stands there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, union, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.tables import (
    case_messages,
    cases,
    conversations,
    outbox,
    service_requests,
    slack_cards,
    slack_posts,
    timeline,
)

NAME = "slack_card"
"""Name of the outbox rows that draw a card."""

YOUNG_MS = 14 * 24 * 3_600_000
"""A case older than this gets no card any more: it was there before Slack was."""

TRY_MS = 90_000
"""A post that was tried is left alone this long; longer than any attempt lives."""

_t = slack_cards.c
_c = cases.c
_in_work = exists().where(
    outbox.c.conversation_id == _c.conversation_id,
    outbox.c.trace_id == _c.id,
    outbox.c.name == NAME,
    outbox.c.state.in_(("queued", "sending", "unknown")),
)
_news_in_story = exists().where(timeline.c.request_id == _c.request_id, timeline.c.at > _t.shown_at)
_news_in_lines = exists().where(case_messages.c.case_id == _c.id, case_messages.c.at > _t.shown_at)
_woke = and_(
    _c.state == "snoozed",
    _c.snoozed_until <= bindparam("now"),
    _c.snoozed_until > _t.shown_at,
)
_undrawn = and_(_t.case_id.is_(None), _c.state != "resolved", _c.opened_at > bindparam("young"))
_outdated = or_(
    _undrawn,
    _c.updated_at > _t.shown_at,
    service_requests.c.updated_at > _t.shown_at,
    _news_in_story,
    _news_in_lines,
    _woke,
)
_recent = union(
    select(_c.id).where(_c.updated_at > bindparam("since")),
    select(_c.id)
    .join(timeline, timeline.c.request_id == _c.request_id)
    .where(timeline.c.at > bindparam("since")),
)
_STALE = (
    select(
        _c.id,
        _c.city,
        _c.conversation_id,
        conversations.c.resident_id,
        service_requests.c.agency,
        service_requests.c.type_key,
    )
    .select_from(
        cases.join(conversations, conversations.c.id == _c.conversation_id)
        .outerjoin(slack_cards, _t.case_id == _c.id)
        .outerjoin(service_requests, service_requests.c.id == _c.request_id)
    )
    .where(_outdated, ~_in_work)
    .order_by(_c.updated_at)
    .limit(bindparam("most"))
)
_FRESH = _STALE.where(_c.id.in_(_recent))
_OPEN = insert(slack_cards).on_conflict_do_nothing()
_READ = select(slack_cards).where(_t.case_id == bindparam("which"))
_AT = select(slack_cards).where(_t.channel == bindparam("where"), _t.ts == bindparam("stamp"))
_POSTS = select(slack_posts.c.name, slack_posts.c.ts).where(
    slack_posts.c.case_id == bindparam("which")
)
_CLAIM = insert(slack_posts).on_conflict_do_nothing().returning(slack_posts.c.name)
_AGAIN = (
    update(slack_posts)
    .where(
        slack_posts.c.name == bindparam("which"),
        slack_posts.c.ts.is_(None),
        slack_posts.c.tried_at < bindparam("before"),
    )
    .values(tried_at=bindparam("at"))
)
_FREE = (
    update(slack_posts)
    .where(slack_posts.c.name == bindparam("which"), slack_posts.c.ts.is_(None))
    .values(tried_at=0)
)
_STANDS = (
    update(slack_posts)
    .where(slack_posts.c.name == bindparam("which"))
    .values(ts=bindparam("stamp"))
)
_PLACED = (
    update(slack_cards)
    .where(_t.case_id == bindparam("which"))
    .values(ts=bindparam("stamp"), shown_hash=None)
)
_LOST = (
    update(slack_cards)
    .where(_t.case_id == bindparam("which"), _t.ts == bindparam("stamp"))
    .values(ts=None, generation=_t.generation + 1, shown_hash=None)
)
_SHOWN = (
    update(slack_cards)
    .where(_t.case_id == bindparam("which"))
    .values(shown_at=bindparam("upto"), shown_hash=bindparam("what"))
)


@dataclass(frozen=True, slots=True)
class Stale:
    """A case whose card is missing or outdated; `agency` and `type_key` are its report's."""

    case_id: str
    city: str
    conversation_id: str
    resident_id: str
    agency: str
    type_key: str


@dataclass(frozen=True, slots=True)
class SlackCard:
    """Where the card of a case stands; `ts` is None until it does."""

    case_id: str
    team: str
    channel: str
    ts: str | None
    generation: int
    shown_at: int
    shown_hash: str | None

    @property
    def name(self) -> str:
        """Name of the post that is the card."""
        return f"card:{self.case_id}:{self.generation}"


def find_stale(
    connection: Connection, now: int, most: int, since: int | None = None
) -> list[Stale]:
    """Return cases whose card is missing or outdated and which nobody draws, oldest news first.

    Args:
        connection: to read with.
        now: milliseconds.
        most: so many at most.
        since: look only at cases with news since then, milliseconds; at all when None, which
            takes long where there are many.
    """
    which = {"now": now, "young": now - YOUNG_MS, "most": most}
    query = _STALE
    if since is not None:
        query, which = _FRESH, {**which, "since": since}
    rows = connection.execute(query, which)
    return [
        Stale(
            row.id, row.city, row.conversation_id, row.resident_id,
            row.agency or "", row.type_key or "",
        )
        for row in rows
    ]  # fmt: skip


def place(connection: Connection, case_id: str, team: str, channel: str) -> None:
    """Say where a case's card belongs; one that has a place keeps it."""
    values = {"case_id": case_id, "team": team, "channel": channel}
    connection.execute(_OPEN, {**values, "generation": 0, "shown_at": 0})


def read(connection: Connection, case_id: str) -> SlackCard | None:
    """Return where a case's card stands, or None when it has no place."""
    row = connection.execute(_READ, {"which": case_id}).one_or_none()
    return None if row is None else SlackCard(**row._mapping)


def find_at(connection: Connection, team: str, channel: str, ts: str) -> SlackCard | None:
    """Return the card that is this message, or None."""
    for row in connection.execute(_AT, {"where": channel, "stamp": ts}):
        if row.team == team:
            return SlackCard(**row._mapping)
    return None


def posts_of(connection: Connection, case_id: str) -> dict[str, str | None]:
    """Return the posts of a case: name to its `ts`, None while that is not known."""
    rows = connection.execute(_POSTS, {"which": case_id})
    return {row.name: row.ts for row in rows}


def claim_post(connection: Connection, case_id: str, name: str, now: int) -> bool:
    """Claim the first try of a post; False when it was tried before."""
    values = {"name": name, "case_id": case_id, "tried_at": now}
    return connection.execute(_CLAIM, values).first() is not None


def claim_again(connection: Connection, name: str, now: int) -> bool:
    """Claim another try of a post whose last one is long over; False when it is not."""
    done = connection.execute(_AGAIN, {"which": name, "before": now - TRY_MS, "at": now})
    return bool(done.rowcount)


def free_post(connection: Connection, name: str) -> None:
    """Give a claim back: nothing was sent, so the next try need not wait."""
    connection.execute(_FREE, {"which": name})


def note_posted(connection: Connection, name: str, ts: str, card_of: str | None = None) -> None:
    """Note that a post stands there; `card_of` is the case whose card it is."""
    connection.execute(_STANDS, {"which": name, "stamp": ts})
    if card_of is not None:
        connection.execute(_PLACED, {"which": card_of, "stamp": ts})


def note_lost(connection: Connection, card: SlackCard) -> None:
    """Note that somebody deleted a card: the next one is another post."""
    connection.execute(_LOST, {"which": card.case_id, "stamp": card.ts})


def note_shown(connection: Connection, case_id: str, upto: int, what: str | None) -> None:
    """Note that a card shows all news up to a time (milliseconds); `what` is a hash of it."""
    connection.execute(_SHOWN, {"which": case_id, "upto": upto, "what": what})
