"""A closed request: the city replied, which is not the same as fixed, so the resident is asked.

"Yes" is thanked for and asked for a rating, once; "no" files the same report again, linked to
the closed one. The shell keeps the answer: a closing is not asked about again once it is answered,
here or on the request's page. Who only follows somebody else's report is told, and not asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    ask_optional,
    known,
)
from conversations.flows.followup.telling import values_of
from conversations.flows.followup.verdict import reading_verdict
from conversations.reading.text import fold
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.requests import RequestStatus

WORST, BEST = 1, 5
FIXED: Question[bool] = Question(
    "fixed", "followup.closed", reading_verdict("fixed"), brief="followup.closed_brief"
)
RATED: Question[str] = Question("rated", "followup.rate")


def _read_score(hearing: Hearing) -> Understood:
    number = hearing.reading.number
    if number is not None and WORST <= number <= BEST:
        return Answer({"score": number})
    thanked = fold(hearing.reading.text).strip(" .") in hearing.scene.words("welcome.thanks_words")
    return Answer({"score": None}) if thanked else None


def _choose_score(scene: Scene) -> tuple[Option, ...]:
    """Return the marks as choices, so that each one's number is the mark itself."""
    scores = range(WORST, BEST + 1)
    return tuple(Option(scene.text(f"followup.choice_{n}"), {"score": n}) for n in scores)


SCORE: Question[int] = Question(
    "score", "followup.rate", _read_score,
    again="followup.rate", brief="followup.rate", optional=True, rescue=_choose_score,
)  # fmt: skip


def is_unsettled(request: Mapping[str, Any]) -> bool:
    """Return whether a request is closed and its resident has not said what they think of it."""
    closed = request.get("status") == RequestStatus.CLOSED.value
    mine = bool(request.get("request_id")) and request.get("own", True)
    return closed and mine and not request.get("verdict")


def settle_closing(scene: Scene, request: Mapping[str, Any]) -> Script[Done]:
    """Ask whether a closed request is fixed, and do what follows from it."""
    values = values_of(scene, request)
    options = (
        Option(scene.text("followup.choice_fixed"), {"fixed": True}, words=("yes",)),
        Option(scene.text("followup.choice_not_fixed"), {"fixed": False}, words=("no",)),
    )
    fixed = yield from ask(FIXED, values=values, options=options)
    if not fixed:
        return file_anew(scene, request)
    return accept_fixed(request)


def accept_fixed(request: Mapping[str, Any]) -> Done:
    """Return the end for a closed request that is fixed: thanks, and how it was."""
    row = request.get("request_id")
    if not row:
        return Done((Say("followup.glad"),))
    judge = Do("judge", {"request_id": row, "fixed": True})
    return Done((Say("followup.glad"),), (judge,), then="followup.rate", carry={"rated": row})


def file_anew(scene: Scene, request: Mapping[str, Any]) -> Done:
    """Return the end for a closed request that is not fixed: filed again, linked to the first."""
    row = request.get("request_id")
    judge = (Do("judge", {"request_id": row, "fixed": False}),) if row else ()
    if not row or not request.get("title_key"):  # a number followed, of a report we never saw
        return Done((Say("followup.cannot_link"),), judge)
    again = Do("file_again", {"request_id": row, "why": "not_fixed", "language": scene.language})
    return Done((Say("followup.linked", values_of(scene, request), hold_s=5),), (*judge, again))


def change(scene: Scene) -> Script[Done]:
    """Tell a status change; when the city closed the request, ask whether it is fixed."""
    values = values_of(scene, scene.data)
    if not scene.data.get("own", True):
        return Done((Say("followup.followed", values),))
    if scene.data.get("status") == RequestStatus.CLOSED.value:
        return (yield from settle_closing(scene, scene.data))
    return Done((Say("followup.changed", values),))


def take_page_answer(scene: Scene) -> Script[Done]:
    """Do what was pressed on the request's page, which has thanked for it already."""
    yield from ()
    if not scene.data.get("own", True):  # a page that was opened before; it is not theirs to say
        return Done()
    if not scene.data.get("fixed"):
        return file_anew(scene, scene.data)
    return Done((), (Do("judge", {"request_id": scene.data.get("request_id"), "fixed": True}),))


def mute(scene: Scene) -> Script[Done]:
    """End the news of one request, as its page has said already."""
    yield from ()
    return Done((), (Do("mute", {"request_id": scene.data.get("request_id")}),))


def rate(scene: Scene) -> Script[Done]:
    """Ask once how it was."""
    row = yield from known(RATED)
    score = yield from ask_optional(SCORE)
    if score is None or row is None:
        return Done((Say("followup.not_rated"),))
    return Done((Say("followup.rated"),), (Do("rate", {"request_id": row, "score": score}),))
