"""How requests stand: one by its number, or the resident's own latest.

A number of somebody else gets the same answer as a number that does not exist; the Look `request`
makes no difference either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.engine.flow import Flow, Samples
from conversations.engine.given import Scene
from conversations.engine.script import Answer, Done, Hearing, Question, Script, known, look
from conversations.flows.followup.closing import FIXED, is_unsettled, settle_closing
from conversations.flows.status.sentences import line_for, way_for
from conversations.reading.result import Intent, Reading
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.requests import RequestStatus

MAX_LINES = 5
NUMBER: Question[str] = Question("number", "status.not_found")
PHOTOS: Question[list[str]] = Question("photos", "status.not_found")


def wants_status(hearing: Hearing) -> int:
    """Return how strongly a text asks how a request stands."""
    if hearing.reading.tracking_number:
        return 95
    return 80 if hearing.reading.intent is Intent.STATUS else 0


def gather(hearing: Hearing) -> Answer:
    """Note the tracking number a text holds, and photos that are sent for that request."""
    number = hearing.reading.tracking_number
    if not number:
        return Answer()
    photos = {"photos": list(hearing.photos)} if hearing.photos else {}
    return Answer({"number": number, **photos})


def status(scene: Scene) -> Script[Done]:
    """Tell how one request stands, or the latest ones."""
    number = yield from known(NUMBER)
    if number is None:
        return (yield from _tell_latest(scene))
    found = yield from look("request", {"number": number})
    if found is None:
        return Done((Say("status.unavailable"),))
    request = found.get("request")
    if not request and scene.data.get("handed_off"):
        return Done(
            (Say("status.tracking", {"number": number}),), (Do("track", {"number": number}),)
        )
    if not request:
        values = {"number": number, "phone": scene.city.phone}
        return Done((Say("status.not_found", values),))
    photos, row = (yield from known(PHOTOS)), request.get("request_id")
    if photos and row:
        return Done(then="about", carry={"about": row, "photos": photos})
    return (yield from _tell_one(scene, request))


def _tell_one(scene: Scene, request: Mapping[str, Any]) -> Script[Done]:
    """Tell the whole way of a request; of a closed one ask whether it is fixed, once."""
    if not request.get("own", True):
        return Done((line_for(scene, request),))
    if is_unsettled(request):
        return (yield from settle_closing(scene, request))
    says = [way_for(scene, request)]
    words = scene.upstream(str(request.get("resolution") or ""))
    if words and request.get("status") == RequestStatus.CLOSED.value:
        says.append(Say("status.resolution", {"resolution": words}))
    return Done(tuple(says))


def _tell_latest(scene: Scene) -> Script[Done]:
    found = yield from look("my_requests", {})
    if found is None:
        return Done((Say("status.unavailable"),))
    requests = (found.get("requests") or [])[:MAX_LINES]
    if not requests:
        return Done((Say("status.none"),))
    if len(requests) == 1:
        return (yield from _tell_one(scene, requests[0]))
    return Done(tuple(line_for(scene, request) for request in requests))


_REQUEST = {
    "number": "NYC311-2025-0423-1234", "title_key": "pothole", "status": "Open",
    "place_label": "123 Broadway, Brooklyn", "resolution": None, "filing": "filed",
    "received_at": "2025-04-23T13:02:00+00:00", "filed_at": "2025-04-23T13:03:00+00:00",
    "agency": "DOT", "request_id": "r1", "verdict": None,
}  # fmt: skip
_PENDING = {**_REQUEST, "number": None, "filing": "filing", "filed_at": None}
_CLOSED = {**_REQUEST, "status": "Closed", "resolution": "The crew filled the hole."}

FLOWS = (
    Flow(
        "status",
        status,
        (NUMBER, PHOTOS, FIXED),
        yields=True,
        recalls=True,
        wants=wants_status,
        gathers=gather,
        samples=Samples(
            opening=(
                ("status", Reading("status", intent=Intent.STATUS)),
                (
                    "a number",
                    Reading("NYC311-2025-0423-1234", tracking_number="NYC311-2025-0423-1234"),
                ),
            ),
            looks={
                "my_requests": (
                    ("some", {"requests": [_REQUEST, _PENDING, {**_CLOSED, "own": False}]}),
                    ("one", {"requests": [_PENDING]}),
                    ("none", {"requests": []}),
                ),
                "request": (
                    ("own", {"request": _REQUEST}),
                    ("closed", {"request": _CLOSED}),
                    ("unknown", {"request": None}),
                ),
            },
        ),
    ),
)
