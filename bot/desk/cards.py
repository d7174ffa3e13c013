"""What a card shows: everything staff need to act, and nobody's name or handle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.deeds.telling import place_label
from bot.desk.masking import hide_contacts
from bot.desk.room import Parts
from bot.storage import (
    addressees,
    case_messages,
    followers,
    hand_overs,
    service_requests,
    staff,
    timeline,
)
from bot.storage.case_messages import CaseLine
from bot.storage.cases import Case, Kind
from bot.storage.engine import Connection
from bot.storage.metadata import from_ms, to_ms
from bot.storage.service_requests import Report
from bot.storage.staff import Staff
from bot.story import tell_story
from conversations.vocabulary.city import City
from conversations.vocabulary.handles import Handle, mask
from conversations.wording.moments import write_moment

LANGUAGE = "en"
"""Staff read English; residents are written to in their own language."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of a card's history: when (in the city's time), who, what.

    Attributes:
        when: a short text.
        at: milliseconds, for sorting.
        who: `city`, `resident`, or a colleague's display name.
        text: one sentence, contacts hidden.
        state: of what went out: `queued`, `sending`, `done`, `dead`, `unknown`, `suppressed`.
        note: True for what colleagues write among themselves.
    """

    when: str
    at: int
    who: str
    text: str = field(repr=False)
    state: str | None = None
    note: bool = False


@dataclass(frozen=True, slots=True)
class CardView:
    """What a card shows. No name and no handle of a resident is in it.

    Attributes:
        id, version, kind, city, state, muted: of the case, as it stands now.
        title: the request type, or what a conversation is about.
        type_key, place, number, reference, status, filing: of the report; empty without one.
        reason: why a person was called in, or empty.
        words: the resident's own words about it, contacts hidden.
        age_s: seconds since it was opened.
        channel: how the resident writes; `contact`: their handle masked, `tel:***00`.
        language: ISO 639-1 code the resident writes in.
        silent: why nothing can be sent to them (`opted_out`, ...), or None.
        claimed_by: display name of who has it in hand, or empty; `mine`: it is the viewer.
        duplicates: how many other residents follow it.
        photos: how many photos came with it.
        waiting_since, due_at, snoozed_until: milliseconds or None; `due_at` is when an answer is
            due, `overdue` that it is past.
        merged_into: id of the case it is a duplicate of, or None.
        history: oldest first.
    """

    id: str
    version: int
    kind: str
    city: str
    state: str
    muted: bool
    title: str
    type_key: str
    place: str
    number: str
    reference: str
    status: str
    filing: str
    reason: str
    words: str = field(repr=False)
    age_s: int
    channel: str
    contact: str
    language: str
    silent: str | None
    claimed_by: str
    mine: bool
    duplicates: int
    photos: int
    waiting_since: int | None
    due_at: int | None
    overdue: bool
    snoozed_until: int | None
    merged_into: str | None
    history: tuple[CardLine, ...] = ()


def make_card(
    connection: Connection,
    parts: Parts,
    viewer: Staff,
    case: Case,
    due_at: int | None,
    now: datetime,
) -> CardView:
    """Return the card of a case for a colleague who may see it.

    Args:
        connection: of a reading transaction.
        parts: the shell's.
        viewer: who looks.
        case: which.
        due_at: when an answer is due, milliseconds, or None.
        now: the present, with zone.
    """
    vault, city, at = parts.vault, parts.cities[case.city], to_ms(now)
    report = None
    if case.kind is Kind.REQUEST:
        report = service_requests.read(connection, vault, case.request_id or "")
    to = addressees.of_case(connection, vault, case)
    called = None
    if case.hand_over_id is not None:
        called = hand_overs.read(connection, vault, case.hand_over_id)
    lines = case_messages.of_case(connection, vault, case.id)
    known = {line.author for line in lines if line.author}
    names = staff.read(connection, vault, known | ({case.claimed_by} if case.claimed_by else set()))
    holder = names.get(case.claimed_by or "")
    return CardView(
        id=case.id,
        version=case.version,
        kind=case.kind.value,
        city=case.city,
        state=case.state_at(at).value,
        muted=case.muted,
        title=_title(city, report),
        type_key=report.type_key if report else "",
        place=place_label(report) if report else "",
        number=(report.number or "") if report else "",
        reference=report.reference if report else "",
        status=report.status if report else "",
        filing=report.filing if report else "",
        reason=called.reason if called else "",
        words=hide_contacts(_words(report) or (called.summary if called else "")),
        age_s=max(0, (at - case.opened_at) // 1000),
        channel=to.channel,
        contact=mask(Handle(to.handle)) if to.handle else "",
        language=to.language or city.languages[0],
        silent=to.silent,
        claimed_by=holder.name if holder else "",
        mine=case.claimed_by == viewer.id,
        duplicates=followers.count(connection, report.id) if report else 0,
        photos=len(report.report.get("photos") or ()) if report else 0,
        waiting_since=case.waiting_since,
        due_at=due_at,
        overdue=due_at is not None and due_at < at,
        snoozed_until=case.snoozed_until,
        merged_into=case.merged_into,
        history=_history(connection, parts, city, report, lines, names, now),
    )


def _title(city: City, report: Report | None) -> str:
    """Return what a case is about in a few words."""
    if report is None:
        return "Conversation"
    kind = city.request_types.get(report.type_key)
    title = kind.title(LANGUAGE) if kind else report.complaint_type or report.number or "Report"
    return title[:1].upper() + title[1:]


def _words(report: Report | None) -> str:
    """Return the resident's own words about what they report."""
    if report is None:
        return ""
    said = [str(report.report.get("description") or "")]
    said += [f"{k}: {v}" for k, v in (report.report.get("details") or {}).items()]
    return " | ".join(filter(None, said))


def _history(
    connection: Connection,
    parts: Parts,
    city: City,
    report: Report | None,
    lines: Sequence[CaseLine],
    names: Mapping[str, Staff],
    now: datetime,
) -> tuple[CardLine, ...]:
    """Return the report's story and the lines of the case, in the order of time."""
    history = []
    if report is not None:
        for entry in timeline.read(connection, parts.vault, report.id):
            told = tell_story(parts.catalogue, LANGUAGE, city, [entry], now)
            history += [CardLine(c.when, entry.at, "city", hide_contacts(c.sentence)) for c in told]
    for line in lines:
        author = names.get(line.author or "")
        when = write_moment(LANGUAGE, from_ms(line.at).isoformat(), now, city.timezone)
        who = author.name if author else "resident"
        text, note = hide_contacts(line.text), line.direction == case_messages.NOTE
        history.append(CardLine(when, line.at, who, text, line.state, note))
    return tuple(sorted(history, key=lambda line: line.at))
