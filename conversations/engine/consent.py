"""Leave to text: a clear wish to be left alone is obeyed, an unclear one asked about once.

Exact carrier words are executed by the shell at intake, before any turn; this is for free text and
for whatever still reaches a turn.
"""

from __future__ import annotations

import re
from dataclasses import replace

from conversations.engine.advance import Result, advance, asked_of
from conversations.engine.given import Given
from conversations.engine.patience import put_aside
from conversations.engine.script import QUIETLY, Hearing
from conversations.engine.talk import Frame, Talk
from conversations.reading.result import Intent
from conversations.vocabulary.effects import Do, Say


def weigh(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Obey or ask about a wish to get no more texts; take back an earlier one on START."""
    reading = hearing.reading
    if reading.opt_out == "yes":
        stop = Do("opt_out", {"method": "free_text", "evidence": reading.text})
        agreed = _agree(talk, hearing, given)
        if agreed is not None:
            talk, does = agreed
            return replace(talk, frames=(), lead=None), (*does, stop, Say("consent.stopped_sent"))
        unsent = any(given.flows[frame.flow].patient and frame.facts for frame in talk.frames)
        talk = replace(put_aside(talk, given), offer=None)
        return talk, (stop, Say("consent.stopped_unsent" if unsent else "consent.stopped"))
    wrong = reading.command == "wrong"  # "wrong number" is understood, and nothing to ask about
    if reading.opt_out == "ask" and not wrong and (talk.top is None or talk.top.flow != "consent"):
        return advance(talk.push(Frame("consent", data={"text": reading.text})), given)
    starts = reading.intent is Intent.START or reading.contacts.wish == "resume"
    if (given.notices_off and starts) or (given.opted_out and (starts or reading.yes_no == "yes")):
        evidence = {"method": "keyword", "evidence": reading.text}
        return talk, (Do("opt_in", evidence), Say("consent.started"))
    return None


def _agree(talk: Talk, hearing: Hearing, given: Given) -> tuple[Talk, tuple[Do, ...]] | None:
    """Return what "yes but don't text me" agrees to before it ends the texts, or None.

    Only where the open question can be agreed to quietly: a report that is read back shall not be
    lost because its sender wants no updates.
    """
    wish, frame = asked_of(talk, given), talk.top
    quiet = next((o for o in wish.options if QUIETLY in o.words), None) if wish else None
    if quiet is None or frame is None:
        return None
    joins = "|".join(map(re.escape, hearing.scene.words("consent.joins")))
    head = re.split(rf"[,.;]|\b(?:{joins})\b", hearing.reading.text, maxsplit=1, flags=re.I)[0]
    said = given.reader.read(head, talk.language)
    if said.yes_no != "yes" or said.opt_out != "no":
        return None
    talk, effects = advance(talk.with_top(frame.with_facts(quiet.facts, quiet.drops)), given)
    return talk, tuple(effect for effect in effects if isinstance(effect, Do))
