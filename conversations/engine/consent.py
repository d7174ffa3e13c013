"""Leave to text: a clear wish to be left alone is obeyed, an unclear one asked about once.

Exact carrier words are executed by the shell at intake, before any turn; this is for free text and
for whatever still reaches a turn.
"""

from __future__ import annotations

from dataclasses import replace

from conversations.engine.advance import Result, advance
from conversations.engine.given import Given
from conversations.engine.patience import put_aside
from conversations.engine.script import Hearing
from conversations.engine.talk import Frame, Talk
from conversations.reading.result import Intent
from conversations.vocabulary.effects import Do, Say


def weigh(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Obey or ask about a wish to get no more texts; take back an earlier one on START."""
    reading = hearing.reading
    if reading.opt_out == "yes":
        talk = replace(put_aside(talk, given), offer=None)
        evidence = {"method": "free_text", "evidence": reading.text}
        return talk, (Do("opt_out", evidence), Say("consent.stopped"))
    if reading.opt_out == "ask" and (talk.top is None or talk.top.flow != "consent"):
        return advance(talk.push(Frame("consent", data={"text": reading.text})), given)
    if given.opted_out and (reading.intent is Intent.START or reading.yes_no == "yes"):
        evidence = {"method": "keyword", "evidence": reading.text}
        return talk, (Do("opt_in", evidence), Say("consent.started"))
    return None
