"""What is said of a report that the city has not confirmed, or that came a second time."""

from __future__ import annotations

from conversations.engine.given import Scene
from conversations.engine.script import Done, Option, Question, Script, ask
from conversations.flows.followup.telling import values_of
from conversations.flows.status.sentences import way_for
from conversations.vocabulary.effects import Do, Say

AGAIN: Question[bool] = Question("again", "followup.doubtful", brief="followup.doubtful")


def file_again(scene: Scene) -> Script[Done]:
    """Ask whether a report that was never confirmed is to be filed anew (RELIABILITY 5.1 (e))."""
    values = values_of(scene, scene.data)
    options = (
        Option(scene.text("choice.yes"), {"again": True}, words=("yes",)),
        Option(scene.text("choice.no"), {"again": False}, words=("no",)),
    )
    if not (yield from ask(AGAIN, values=values, options=options)):
        return Done((Say("followup.left_to_staff", values),))
    row, language = scene.data.get("request_id"), scene.language
    again = Do("file_again", {"request_id": row, "why": "unconfirmed", "language": language})
    return Done((Say("followup.sent_again", hold_s=5),), (again,))


def tell_already(scene: Scene) -> Script[Done]:
    """Say that a report is known already, and how it stands."""
    yield from ()
    return Done((Say("followup.already"), way_for(scene, scene.data)))
