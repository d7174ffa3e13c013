"""What the city's staff decided: told in their words, and asked whether it is settled.

"No" opens their case again. It files nothing: staff look at it before the city hears of it twice.
"""

from __future__ import annotations

from conversations.engine.given import Scene
from conversations.engine.script import Done, Option, Question, Script, ask
from conversations.flows.followup.telling import values_of
from conversations.flows.followup.verdict import reading_verdict
from conversations.vocabulary.effects import Do, Say

SETTLED: Question[bool] = Question(
    "settled",
    "followup.case_resolved",
    reading_verdict("settled"),
    brief="followup.is_it_settled",
)


def settle_report(scene: Scene) -> Script[Done]:
    """Tell how a report ended; its own resident is asked whether it is fixed."""
    values = {**values_of(scene, scene.data), "reason": str(scene.data.get("reason") or "")}
    if scene.data.get("own") is False:
        return Done((Say("followup.followed_resolved", values),))
    row = scene.data.get("request_id")
    fixed = yield from ask(SETTLED, values=values, options=_options(scene))
    judge = Do("judge", {"request_id": row, "fixed": fixed})
    if fixed:
        return Done((Say("followup.glad"),), (judge,), then="followup.rate", carry={"rated": row})
    return Done((Say("followup.reopened"),), (judge, _reopen(scene)))


def settle_question(scene: Scene) -> Script[Done]:
    """Tell how a handed-over conversation ended, and ask whether that is settled."""
    values = {"reason": str(scene.data.get("reason") or "")}
    options = _options(scene)
    wish = ask(SETTLED, phrase="followup.question_resolved", values=values, options=options)
    if (yield from wish):
        return Done((Say("followup.glad"),))
    return Done((Say("followup.reopened"),), (_reopen(scene),))


def _options(scene: Scene) -> tuple[Option, ...]:
    return (
        Option(scene.text("followup.choice_settled"), {"settled": True}, words=("yes",)),
        Option(scene.text("followup.choice_not_settled"), {"settled": False}, words=("no",)),
    )


def _reopen(scene: Scene) -> Do:
    return Do("reopen_case", {"case_id": scene.data.get("case_id")})
