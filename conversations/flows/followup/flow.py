"""What comes after a report was sent: one short flow for each kind of `Happened`.

Most only tell. Two ask: a closed request ("fixed?", and "no" files a linked follow-up), and a
report handed over to be filed by the resident, whose number is then followed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    look,
)
from conversations.flows.report.addresses import describe
from conversations.flows.status.sentences import sentence_for
from conversations.reading.result import Reading
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.requests import RequestStatus

_NUMBER = "NYC311-2025-0423-1234"


def _read_number(hearing: Hearing) -> Understood:
    number = hearing.reading.tracking_number
    return Answer({"their_number": number}) if number else None


FIXED: Question[bool] = Question("fixed", "followup.closed", brief="followup.closed")
THEIR_NUMBER: Question[str] = Question(
    "their_number", "followup.handoff", _read_number,
    again="followup.handoff_again", brief="followup.handoff_again",
)  # fmt: skip


def _values(scene: Scene) -> dict[str, Any]:
    """Return what most of these phrases name, from what the happening carried."""
    data = scene.data
    title = scene.title(str(data.get("title_key") or ""))
    return {
        "title": title[:1].upper() + title[1:],
        "place": str(data.get("place_label") or "-"),
        "number": str(data.get("number") or ""),
        "phone": str(data.get("phone") or scene.city.phone),
        "sentence": sentence_for(scene, data.get("status")),
        "resolution": _resolution(scene),
    }


def _resolution(scene: Scene) -> str:
    words = str(scene.data.get("resolution") or "")
    return scene.text("status.resolution", resolution=words) if words else ""


def _tell(phrase: str) -> Callable[[Scene], Script[Done]]:
    """Return a script that says one phrase and ends."""

    def script(scene: Scene) -> Script[Done]:
        yield from ()
        return Done((Say(phrase, _values(scene)),))

    return script


def _media_failed(scene: Scene) -> Script[Done]:
    yield from ()
    count = scene.data.get("count")
    n = count if isinstance(count, int) and count > 0 else 1
    return Done((Say("followup.media_failed", {"n": n}),))


def hand_off(scene: Scene) -> Script[Done]:
    """Give the resident the prepared report and wait for the number the city gives them."""
    packet, link = (str(scene.data.get(key) or "") for key in ("packet", "link"))
    number = yield from ask(THEIR_NUMBER, values={"link": link, "packet": packet})
    return Done(
        (Say("followup.following", {"number": number}),), (Do("track", {"number": number}),)
    )


def change(scene: Scene) -> Script[Done]:
    """Tell a status change; when the city closed the request, ask whether it is fixed."""
    values = _values(scene)
    if scene.data.get("status") != RequestStatus.CLOSED.value:
        return Done((Say("followup.changed", values),))
    options = (
        Option(scene.text("followup.choice_fixed"), {"fixed": True}, words=("yes",)),
        Option(scene.text("followup.choice_not_fixed"), {"fixed": False}, words=("no",)),
    )
    if (yield from ask(FIXED, values=values, options=options)):
        return Done((Say("followup.glad"),))
    number = scene.data.get("number")
    found = yield from look("request", {"number": number})
    request = (found or {}).get("request")
    if not request:
        return Done((Say("followup.cannot_link", {"number": number}),))
    return Done((Say("followup.linked", {"number": number}),), (_follow_up(scene, request),))


def _follow_up(scene: Scene, request: Mapping[str, Any]) -> Do:
    """Return the submission of the same problem again, linked to the closed request."""
    key = str(request.get("title_key") or scene.data.get("title_key") or "")
    known = scene.city.request_types.get(key)
    place = request.get("place") or describe(str(request.get("place_label") or "")).to_json()
    return Do(
        "submit",
        {
            "type_key": key,
            "complaint_type": known.complaint_type if known else request.get("complaint_type"),
            "descriptor": known.descriptor if known else request.get("descriptor"),
            "agency": known.agency if known else "",
            "place": place,
            "details": {"words": f"Not fixed, see {scene.data.get('number')}"},
            "photos": [],
            "name": None,
            "updates": True,
            "language": scene.language,
            "follows": scene.data.get("number"),
        },
    )


def _flow(
    kind: str,
    script: Callable[[Scene], Script[Done]],
    data: Mapping[str, Any],
    questions: tuple[Question[Any], ...] = (),
    **samples: Any,
) -> Flow:
    sample = Samples(events=((kind, data),), **samples)
    name = f"followup.{kind}"
    return Flow(name, script, questions, starts_on=kind, yields=True, samples=sample)


_CLOSED = {
    "number": _NUMBER, "title_key": "pothole", "status": "Closed", "request_id": "r1",
    "resolution": "The crew filled the hole.",
}  # fmt: skip
_LOOKS = {
    "request": (
        ("found", {"request": {"title_key": "pothole", "place_label": "123 Broadway, Brooklyn"}}),
        ("gone", {"request": None}),
    )
}

FLOWS = (
    _flow("filed", _tell("followup.filed"), {"number": _NUMBER, "title_key": "pothole"}),
    _flow("filing_unconfirmed", _tell("followup.filing_unconfirmed"), {"title_key": "pothole"}),
    _flow("filing_refused", _tell("followup.filing_refused"), {"title_key": "pothole"}),
    _flow(
        "handoff_ready",
        hand_off,
        {
            "title_key": "pothole",
            "packet": "Pothole, 123 Broadway",
            "link": "https://portal.311.nyc.gov",
        },
        (THEIR_NUMBER,),
        answers={"their_number": (("a number", Reading(_NUMBER, tracking_number=_NUMBER)),)},
    ),
    _flow("status_changed", change, _CLOSED, (FIXED,), looks=_LOOKS),
    _flow("media_failed", _media_failed, {"count": 1}),
    _flow("media_refused", _tell("followup.media_refused.text"), {"kind": "video"}),
)
