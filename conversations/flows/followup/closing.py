"""A closed request: the city replied, which is not the same as fixed, so the resident is asked.

"Yes" is thanked for and asked for a rating, once; "no" files the same report again, linked to
the closed one. The shell keeps the answer: a closing is not asked about again once it is answered.
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
from conversations.reading.text import fold
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.requests import RequestStatus

WORST, BEST = 1, 5
FIXED: Question[bool] = Question("fixed", "followup.closed", brief="followup.closed")
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
    return closed and bool(request.get("request_id")) and not request.get("verdict")


def settle_closing(scene: Scene, request: Mapping[str, Any]) -> Script[Done]:
    """Ask whether a closed request is fixed, and do what follows from it."""
    values = values_of(scene, request)
    options = (
        Option(scene.text("followup.choice_fixed"), {"fixed": True}, words=("yes",)),
        Option(scene.text("followup.choice_not_fixed"), {"fixed": False}, words=("no",)),
    )
    fixed = yield from ask(FIXED, values=values, options=options)
    row = request.get("request_id")
    judge = (Do("judge", {"request_id": row, "fixed": fixed}),) if row else ()
    if fixed and row:
        return Done((Say("followup.glad"),), judge, then="followup.rate", carry={"rated": row})
    if fixed:
        return Done((Say("followup.glad"),))
    if not row or not request.get("title_key"):  # a number followed, of a report we never saw
        return Done((Say("followup.cannot_link"),), judge)
    again = Do("file_again", {"request_id": row, "why": "not_fixed", "language": scene.language})
    return Done((Say("followup.linked", values, hold_s=5),), (*judge, again))


def change(scene: Scene) -> Script[Done]:
    """Tell a status change; when the city closed the request, ask whether it is fixed."""
    if scene.data.get("status") == RequestStatus.CLOSED.value:
        return (yield from settle_closing(scene, scene.data))
    return Done((Say("followup.changed", values_of(scene, scene.data)),))


def rate(scene: Scene) -> Script[Done]:
    """Ask once how it was."""
    row = yield from known(RATED)
    score = yield from ask_optional(SCORE)
    if score is None or row is None:
        return Done((Say("followup.not_rated"),))
    return Done((Say("followup.rated"),), (Do("rate", {"request_id": row, "score": score}),))
