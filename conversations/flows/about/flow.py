"""What a resident adds to a request that exists, without having been asked.

A mail to a request's own address says that it is fixed, that it is not, or anything else, which is
kept with the request for staff. A photo that comes by itself soon after a report may belong to it:
people often send the photo second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from conversations.engine.flow import Flow, Samples
from conversations.engine.given import Scene
from conversations.engine.script import (
    Answer,
    Done,
    Hearing,
    Option,
    Question,
    Script,
    Understood,
    ask,
    known,
    look,
)
from conversations.flows.followup.closing import accept_fixed, file_anew
from conversations.flows.followup.telling import values_of
from conversations.flows.followup.verdict import is_thanks, read_verdict
from conversations.flows.report import gathering
from conversations.flows.report.addresses import is_enough
from conversations.flows.report.correcting import sure_kind
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.requests import RequestStatus

SOON = timedelta(hours=24)
"""Time after a report within which a bare photo may belong to it."""

_MAX_WORDS = 2000
_ONLY_THANKS = 7  # words; a longer text says more than thanks
_ENDED = ("refused", "superseded", "not_found")


def _is_new(hearing: Hearing) -> bool:
    """Return whether a text tells of a problem with a place of its own."""
    address = hearing.reading.address
    own_place = address is not None and is_enough(address)
    return own_place and sure_kind(hearing) is not None and read_verdict(hearing) is not False


def _is_bare_photo(hearing: Hearing) -> bool:
    """Return whether photos came with no words, or none that say more than "here is the photo"."""
    said = set(tokens(fold(hearing.reading.text)))
    return bool(hearing.photos) and said.issubset(hearing.scene.words("about.photo_words"))


def wants_about(hearing: Hearing) -> int:
    """Return how strongly a text at rest is about a request that exists."""
    if hearing.about:
        idle = not tokens(fold(hearing.reading.text)) and not hearing.photos
        greets = hearing.reading.intent is Intent.GREETING
        return 0 if idle or greets or _is_new(hearing) else 96
    # One more than the report, to which a photo belongs when there is nothing to add it to.
    return 61 if _is_bare_photo(hearing) and hearing.scene.given.known_resident else 0


def gather(hearing: Hearing) -> Answer:
    """Note what was said, what it is about, and what came with it."""
    facts: dict[str, Any] = {}
    if "photos" in hearing.known and not hearing.photos:
        return Answer()
    if hearing.photos:
        had = list(hearing.known.get("photos") or [])
        facts["photos"] = [*had, *(photo for photo in hearing.photos if photo not in had)]
    if hearing.about:
        facts["about"] = hearing.about
        facts["said"] = hearing.reading.text.strip()[:_MAX_WORDS]
        verdict = read_verdict(hearing)
        short = len(tokens(fold(hearing.reading.text))) <= _ONLY_THANKS
        if verdict is not None:
            facts["verdict"] = verdict
        elif is_thanks(hearing) and short and not hearing.photos and not hearing.asks:
            facts["thanked"] = True
    return Answer(facts)


def _read_belongs(hearing: Hearing) -> Understood:
    """Understand a problem or place told now: the photo was sent ahead of a new report."""
    if sure_kind(hearing) is None and hearing.reading.address is None:
        return None
    told = gathering.gather(replace(hearing, known={}, photos=())).facts
    return Answer({"belongs": False, "told": dict(told)})


ABOUT: Question[str] = Question("about", "about.noted")
SAID: Question[str] = Question("said", "about.noted")
VERDICT: Question[bool] = Question("verdict", "about.noted")
THANKED: Question[bool] = Question("thanked", "about.noted")
PHOTOS: Question[list[str]] = Question("photos", "about.noted")
TOLD: Question[dict[str, Any]] = Question("told", "about.noted")
BELONGS: Question[bool] = Question("belongs", "about.belongs", _read_belongs)


def about(scene: Scene) -> Script[Done]:
    """Do what was said about a request, or find out which one a photo belongs to."""
    row = yield from known(ABOUT)
    photos = (yield from known(PHOTOS)) or []
    if row is None:
        return (yield from _place_photo(scene, photos))
    if (yield from known(THANKED)):
        return Done((Say("welcome.thanks"),))
    said, verdict = (yield from known(SAID)), (yield from known(VERDICT))
    found = yield from look("request", {"request_id": row})
    request = (found or {}).get("request")
    if found is not None and not request:  # it is not theirs to speak about
        return Done(then="welcome")
    note = _note(row, said, photos)
    if request and request.get("own", True) and request.get("status") == _CLOSED:
        if verdict is False:
            end = file_anew(scene, request)
            return replace(end, does=(*end.does, note))
        if verdict:
            end = accept_fixed(request)
            return replace(end, does=(*end.does, note)) if photos else end
    if verdict is False and request:
        return Done((Say("about.still", values_of(scene, request)),), (note,))
    return Done((Say("about.noted"),), (note,))


_CLOSED = RequestStatus.CLOSED.value


def _place_photo(scene: Scene, photos: list[str]) -> Script[Done]:
    """Add a photo to the report it was sent after, or begin a report with it."""
    found = yield from look("my_requests", {})
    requests = [item for item in (found or {}).get("requests") or () if item.get("own", True)]
    latest = requests[0] if requests else None
    if latest is None or not _is_recent(scene, latest):
        return Done((Say("report.photo_kept"),), then="report", carry={"photos": photos})
    options = (
        Option(scene.text("about.choice_add"), {"belongs": True}, words=("yes",)),
        Option(scene.text("about.choice_new"), {"belongs": False}, words=("no", "new")),
    )
    values = values_of(scene, latest)
    if (yield from ask(BELONGS, values=values, options=options)):
        return Done((Say("about.noted"),), (_note(str(latest["request_id"]), None, photos),))
    told = (yield from known(TOLD)) or {}
    return Done(then="report", carry={**told, "photos": photos})


def _is_recent(scene: Scene, request: Mapping[str, Any]) -> bool:
    """Return whether a photo may well belong to this request: made lately, and not over."""
    made, over = request.get("received_at"), request.get("filing") in _ENDED
    if not made or over or not request.get("request_id") or request.get("status") == _CLOSED:
        return False
    return scene.given.now - datetime.fromisoformat(str(made)) <= SOON


def _note(row: str, said: str | None, photos: list[str]) -> Do:
    told = {"request_id": row, "text": said, "photos": photos}
    return Do("note", {name: value for name, value in told.items() if value})


_REQUEST = {
    "number": "NYC311-2025-0423-1234", "title_key": "pothole", "status": "Open",
    "place_label": "123 Broadway, Brooklyn", "resolution": None, "filing": "filed",
    "received_at": "2025-04-23T13:02:00+00:00", "request_id": "r1", "verdict": None,
}  # fmt: skip
_SAID = {"about": "r1", "said": "the hole is bigger now"}

FLOWS = (
    Flow(
        "about",
        about,
        (ABOUT, SAID, VERDICT, THANKED, PHOTOS, TOLD, BELONGS),
        yields=True,
        wants=wants_about,
        gathers=gather,
        samples=Samples(
            carried=(
                ("words", _SAID),
                ("not fixed", {**_SAID, "verdict": False}),
                ("fixed", {**_SAID, "verdict": True}),
                ("thanks", {**_SAID, "thanked": True}),
                ("a bare photo", {"photos": ["photo1"]}),
            ),
            looks={
                "request": (
                    ("open", {"request": _REQUEST}),
                    ("closed", {"request": {**_REQUEST, "status": "Closed"}}),
                    ("not theirs", {"request": None}),
                ),
                "my_requests": (
                    ("one of today", {"requests": [_REQUEST]}),
                    ("none", {"requests": []}),
                ),
            },
        ),
    ),
)
