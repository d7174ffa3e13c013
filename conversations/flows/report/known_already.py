"""Somebody may have reported the same thing: offer to follow that report instead of a new one.

Asked once the place is known, only of what is there for everybody to see: a leak in one home is not
its neighbour's, and a parked car or a party is another one the next day. A look that does not
answer never holds up a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import (
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
from conversations.flows.report.correcting import correct_kind
from conversations.flows.report.moving import read_moved
from conversations.flows.report.questions import PHOTOS, WORDS
from conversations.flows.status.sentences import sentence_for
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.places import Place, PlaceKind
from conversations.vocabulary.requests import RequestType

_PUBLIC = frozenset(("which_side",))
"""Details that may be asked of a thing in public space; any other is one's own or passes."""


def _read_same(hearing: Hearing) -> Understood:
    """Understand another place or problem; yes, no and numbers are the choices' own."""
    return read_moved(hearing) or correct_kind(hearing)


SAME_ONE: Question[bool] = Question("same_one", "report.same_one", _read_same)


def find_known(scene: Scene, kind: RequestType, place: Place) -> Script[Mapping[str, Any] | None]:
    """Return the report of the same thing that the resident wants to follow, or None."""
    vague = place.kind in (PlaceKind.AREA, PlaceKind.DESCRIBED) or place.latitude is None
    if vague or not _PUBLIC.issuperset(kind.asks):
        return None
    args = {"type_key": kind.key, "latitude": place.latitude, "longitude": place.longitude}
    answer = yield from look("nearby", args)
    found = [item for item in (answer or {}).get("found") or () if item.get("request_id")]
    if not found:
        return None
    request: Mapping[str, Any] = found[0]
    options = (
        Option(scene.text("report.choice_follow"), {"same_one": True}, words=("yes",)),
        Option(scene.text("report.choice_different"), {"same_one": False}, words=("no", "new")),
    )
    phrase = "report.same_own" if request.get("own") else "report.same_one"
    about = [kind.key, place.to_json(), request["request_id"]]
    values = _story(scene, kind, place, request)
    same = yield from ask(SAME_ONE, about=about, phrase=phrase, values=values, options=options)
    return request if same else None


def follow(request: Mapping[str, Any]) -> Script[Done]:
    """Return the end of a report that is known already: followed, with what was told added."""
    row = request["request_id"]
    words, photos = (yield from known(WORDS)), (yield from known(PHOTOS))
    told = {"text": words, "photos": photos}
    added = {name: value for name, value in told.items() if value}
    note = (Do("note", {"request_id": row, **added}),) if added else ()
    does = (Do("follow", {"request_id": row}), Do("record_consent", {"updates": True}), *note)
    return Done((Say("report.follows"),), does)


def _story(
    scene: Scene, kind: RequestType, place: Place, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what may be told of the other report: since when, how it stands, who else waits."""
    days, others = int(request.get("age_days") or 0), int(request.get("followers") or 0)
    age = scene.text("report.age", n=days) if days else scene.text("report.age_today")
    sentence = sentence_for(scene, request.get("status"))
    return {
        "title": kind.title(scene.language),
        "place": place.label,
        "age": age,
        "sentence": sentence[:1].upper() + sentence[1:],
        "others": scene.text("report.others_follow", n=others) if others else "",
    }
