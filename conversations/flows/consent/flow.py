"""Asked once: does the resident want no more texts? For words that may mean it and may not.

Exact carrier words never come here; the shell executes them at intake.
"""

from __future__ import annotations

from conversations.engine.flow import Flow, Samples
from conversations.engine.given import Scene
from conversations.engine.script import Done, Option, Question, Script, ask
from conversations.reading.result import Reading
from conversations.vocabulary.effects import Do, Say

SURE: Question[bool] = Question("sure", "consent.ask", brief="consent.ask")


def consent(scene: Scene) -> Script[Done]:
    """Ask whether to stop; only a clear yes does."""
    options = (
        Option(scene.text("consent.choice_stop"), {"sure": True}, words=("yes",)),
        Option(scene.text("consent.choice_keep"), {"sure": False}, words=("no",)),
    )
    if not (yield from ask(SURE, options=options)):
        return Done((Say("consent.kept"),))
    evidence = {"method": "confirmed", "evidence": str(scene.data.get("text", ""))}
    return Done((Say("consent.stopped"),), (Do("opt_out", evidence),))


FLOWS = (
    Flow(
        "consent",
        consent,
        (SURE,),
        yields=True,
        samples=Samples(opening=(("may mean stop", Reading("enough", opt_out="ask")),)),
    ),
)
