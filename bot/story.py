"""The story of a request as people read it: when, and one plain sentence each.

Every channel tells it the same way: the page to follow a request, mails, staff's cards. It names
nobody: who reads it may have been given the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.storage.metadata import from_ms
from bot.storage.timeline import Entry, Kind
from conversations.vocabulary.city import City
from conversations.vocabulary.requests import RequestStatus
from conversations.wording.catalogue import ROOMY, Catalogue
from conversations.wording.cleaning import clean_upstream
from conversations.wording.moments import write_moment

_HIDDEN = frozenset((Kind.TOLD,))


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened: when, in the city's own time, and what."""

    when: str
    sentence: str


def tell_story(
    catalogue: Catalogue, language: str, city: City, entries: Sequence[Entry], now: datetime
) -> list[Chapter]:
    """Return the story of a request, oldest first.

    Args:
        catalogue: for the sentences.
        language: ISO 639-1 code.
        city: for its time zone.
        entries: what `timeline.read` returns; notes of strangers are for staff and left out.
        now: the present, with zone.
    """
    story = []
    for entry in entries:
        if entry.kind in _HIDDEN or entry.data.get("by") == "stranger":
            continue
        when = write_moment(language, from_ms(entry.at).isoformat(), now, city.timezone)
        for sentence in _sentences(catalogue, language, city, entry):
            story.append(Chapter(when, sentence))
    return story


def _sentences(catalogue: Catalogue, language: str, city: City, entry: Entry) -> list[str]:
    """Return what an entry says; a closing has the city's own words besides."""
    data = entry.data
    if entry.kind is Kind.STATUS:
        said = [_sentence_of(catalogue, language, str(data.get("status") or ""))]
        words = clean_upstream(str(data.get("resolution") or ""), city.link_hosts)
        if words:
            said.append(
                catalogue.phrase(language, "story.resolution", {"resolution": words}, ROOMY)
            )
        return said
    key = entry.kind.value
    if entry.kind is Kind.NOTE:
        key = "note_staff" if data.get("by") == "staff" else "note_resident"
    values = {"number": data.get("number", ""), "n": data.get("score", 0)}
    values["reason"] = data.get("reason", "")
    return [catalogue.phrase(language, f"story.{key}", values)]


def _sentence_of(catalogue: Catalogue, language: str, status: str) -> str:
    """Return a status as a plain sentence; a word nobody knows reads as no news."""
    try:
        known = RequestStatus(status)
    except ValueError:
        known = RequestStatus.UNKNOWN
    sentence = catalogue.phrase(language, f"status.sentence.{known.name.lower()}", {})
    return sentence[:1].upper() + sentence[1:]
