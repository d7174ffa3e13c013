"""What pages behind links show: nothing that names the resident, and the block, never the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.following.blocks import block_of
from bot.storage.service_requests import Report
from bot.storage.timeline import Entry, Kind
from bot.story import Chapter, tell_story
from conversations.vocabulary.city import City
from conversations.vocabulary.requests import RequestStatus
from conversations.wording.catalogue import Catalogue
from conversations.wording.cleaning import clean_value


@dataclass(frozen=True, slots=True)
class FollowPage:
    """What the page shows of a request; nothing in it names the resident.

    Attributes:
        language: ISO 639-1 code of the conversation.
        city: its name; phone: its own line.
        title, place: what was reported and where, at block level; place may be empty.
        latitude, longitude: rounded to about a block, or None.
        number: the city's, or empty.
        status: a plain sentence.
        story: oldest first.
        asks: the city closed it and nobody said yet whether it is fixed.
        notices: whether news of it are sent.
    """

    language: str
    city: str
    phone: str
    title: str
    place: str
    latitude: float | None
    longitude: float | None
    number: str
    status: str
    story: tuple[Chapter, ...]
    asks: bool
    notices: bool
    has_map: bool = False


@dataclass(frozen=True, slots=True)
class PressPage:
    """What a page for one press shows: the city, its line, and the words the press lets go."""

    language: str
    city: str
    phone: str
    title: str = ""
    place: str = ""
    said: str = ""


def make_page(
    catalogue: Catalogue,
    language: str,
    city: City,
    report: Report,
    entries: Sequence[Entry],
    now: datetime,
    *,
    maps: bool,
    own: bool = True,
) -> FollowPage:
    """Return what the page of a request shows.

    Args:
        catalogue: for the sentences.
        language: ISO 639-1 code.
        city: the request's.
        report: the request.
        entries: its timeline, oldest first.
        now: the present, with zone.
        maps: whether a picture of the block can be drawn.
        own: the reader made the report; who only follows it is not asked whether it is fixed.
    """
    place = dict(report.report.get("place") or {})
    kind = city.request_types.get(report.type_key)
    named = kind.title(language) if kind else report.complaint_type or report.number or ""
    title = clean_value(named)
    word = RequestStatus(report.status).name.lower()
    return FollowPage(
        language=language,
        city=city.named(language),
        phone=city.phone,
        title=title[:1].upper() + title[1:],
        place=block_of(catalogue, language, place),
        latitude=_round(place.get("latitude")),
        longitude=_round(place.get("longitude")),
        number=report.number or "",
        status=catalogue.phrase(language, f"status.sentence.{word}", {}),
        story=tuple(tell_story(catalogue, language, city, entries, now)),
        asks=own and report.status == RequestStatus.CLOSED.value and not is_answered(entries),
        notices=report.updates,
        has_map=maps and _round(place.get("latitude")) is not None,
    )


def is_answered(entries: Sequence[Entry]) -> bool:
    """Return whether somebody said after the last closing whether it is fixed."""
    for entry in reversed(entries):
        if entry.kind in (Kind.FIXED, Kind.NOT_FIXED):
            return True
        if entry.kind is Kind.STATUS:
            return False
    return False


def _round(degrees: object) -> float | None:
    """Return a coordinate to about a hundred metres, or None."""
    return round(degrees, 3) if isinstance(degrees, float | int) else None
