"""What comes after a report was sent: one short flow for each kind of `Happened`.

Most only tell. Some ask: a closed request ("fixed?"), a report the city never confirmed, and
a number texted by the resident who filed by hand, which is then followed.
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
    Question,
    Script,
    Understood,
    ask,
)
from conversations.flows.followup.closing import (
    FIXED,
    RATED,
    SCORE,
    change,
    mute,
    rate,
    take_page_answer,
)
from conversations.flows.followup.digest import NOT_FIXED, digest
from conversations.flows.followup.doubt import AGAIN, file_again, tell_already
from conversations.flows.followup.staff import SETTLED, settle_question, settle_report
from conversations.flows.followup.telling import telling, values_of
from conversations.reading.result import Reading
from conversations.vocabulary.effects import Do, Say

_NUMBER = "NYC311-2025-0423-1234"


def _read_number(hearing: Hearing) -> Understood:
    number = hearing.reading.tracking_number
    return Answer({"their_number": number}) if number else None


THEIR_NUMBER: Question[str] = Question(
    "their_number", "followup.handoff", _read_number,
    again="followup.handoff_again", brief="followup.handoff_again",
)  # fmt: skip


def _media_failed(scene: Scene) -> Script[Done]:
    yield from ()
    count = scene.data.get("count")
    n = count if isinstance(count, int) and count > 0 else 1
    return Done((Say("followup.media_failed", {"n": n}),))


def hand_off(scene: Scene) -> Script[Done]:
    """Give the resident the prepared report and wait for the number the city gives them."""
    packet, link = (str(scene.data.get(key) or "") for key in ("packet", "link"))
    number = yield from ask(THEIR_NUMBER, values={"link": link, "packet": packet})
    return _follow(scene, number)


def ask_number(scene: Scene) -> Script[Done]:
    """Say that the city does not know a number, and wait for the right one."""
    values = values_of(scene, scene.data)
    number = yield from ask(THEIR_NUMBER, phrase="followup.number_unknown", values=values)
    return _follow(scene, number)


def _follow(scene: Scene, number: str) -> Done:
    row = scene.data.get("request_id")
    args = {"number": number, "request_id": row} if row else {"number": number}
    return Done((Say("followup.following", {"number": number}),), (Do("track", args),))


def _flow(
    kind: str,
    script: Callable[[Scene], Script[Done]],
    data: Mapping[str, Any],
    questions: tuple[Question[Any], ...] = (),
    **more: Any,
) -> Flow:
    name, events = f"followup.{kind}", ((kind, data),)
    sample = Samples(events=more.pop("events", events), answers=more.pop("answers", {}))
    return Flow(name, script, questions, starts_on=kind, yields=True, samples=sample, **more)


_POTHOLE = {"title_key": "pothole", "place_label": "123 Broadway, Brooklyn", "request_id": "r1"}
_CLOSED = {
    **_POTHOLE, "number": _NUMBER, "status": "Closed", "resolution": "The crew filled the hole.",
}  # fmt: skip
_FILED = {
    **_POTHOLE, "number": _NUMBER, "status": "Open", "filing": "filed", "agency": "DOT",
    "received_at": "2025-04-23T13:02:00+00:00", "filed_at": "2025-04-23T13:03:00+00:00",
}  # fmt: skip
_WORKING = {**_POTHOLE, "number": _NUMBER, "status": "In Progress", "request_id": "r2"}
_FOLLOWED = {**_CLOSED, "request_id": "r3", "own": False}
_SEVERAL = {"changes": [_CLOSED, {**_CLOSED, "request_id": "r4"}, _WORKING, _FOLLOWED]}
_SETTLED = ("followup.status_changed", "status")  # flows in which FIXED is asked of one request
_RESOLVED = {**_POTHOLE, "case_id": "c1", "reason": "The crew filled the hole."}
_THEIRS = {"their_number": (("a number", Reading(_NUMBER, tracking_number=_NUMBER)),)}

FLOWS = (
    _flow("filed", telling("followup.filed"), {"number": _NUMBER, "title_key": "pothole"}),
    _flow("filing_unconfirmed", telling("followup.filing_unconfirmed"), _POTHOLE),
    _flow("still_unconfirmed", telling("followup.still_unconfirmed"), _POTHOLE),
    _flow("filing_doubtful", file_again, _POTHOLE, (AGAIN,)),
    _flow("filing_refused", telling("followup.filing_refused"), _POTHOLE),
    _flow("already_filed", tell_already, _FILED),
    _flow(
        "handoff_ready",
        hand_off,
        {
            "title_key": "pothole",
            "packet": "Pothole, 123 Broadway",
            "link": "https://portal.311.nyc.gov",
        },
        (THEIR_NUMBER,),
        answers=_THEIRS,
    ),
    _flow("number_unknown", ask_number, {"number": _NUMBER}, (THEIR_NUMBER,), answers=_THEIRS),
    _flow(
        "status_changed",
        change,
        _CLOSED,
        (FIXED,),
        events=(("closed", _CLOSED), ("changed", _WORKING), ("followed", _FOLLOWED)),
        answers={"fixed": (("thanks", Reading("thanks")),)},
    ),
    _flow(
        "status_digest",
        digest,
        _SEVERAL,
        (NOT_FIXED,),
        events=(("several", _SEVERAL), ("none closed", {"changes": [_WORKING, _FOLLOWED]})),
        answers={
            "not_fixed": (
                ("all fine", Reading("0", number=0)),
                ("some", Reading("1 and 2")),
                ("none", Reading("none is fixed")),
            )
        },
    ),
    _flow(
        "page_answered",
        take_page_answer,
        {**_CLOSED, "fixed": False},
        events=(("fixed", {**_CLOSED, "fixed": True}), ("not fixed", {**_CLOSED, "fixed": False})),
        settles=_SETTLED,
        silent=True,
    ),
    _flow("page_muted", mute, _CLOSED, silent=True),
    Flow(
        "followup.rate",
        rate,
        (RATED, SCORE),
        yields=True,
        rests=True,
        samples=Samples(
            carried=(("fixed", {"rated": "r1"}),),
            answers={"score": (("a mark", Reading("4", number=4)),)},
        ),
    ),
    _flow("case_resolved", settle_report, _RESOLVED, (SETTLED,)),
    _flow("question_resolved", settle_question, _RESOLVED, (SETTLED,)),
    _flow("case_merged", telling("followup.merged"), {**_POTHOLE, "number": _NUMBER}),
    _flow("media_failed", _media_failed, {"count": 1}),
    _flow("media_refused", telling("followup.media_refused.text"), {"kind": "video"}),
)
