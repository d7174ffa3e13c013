"""Idle time: one nudge, then a draft put aside; a late reply gets "1 continue 2 new"."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conversations.engine import routing
from conversations.engine.advance import Result, advance, lead_with, scene_of
from conversations.engine.given import Given, Scene
from conversations.engine.script import Hearing
from conversations.engine.talk import Talk
from conversations.reading.result import Reading
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Remind, Say
from conversations.vocabulary.events import Elapsed, Heard

_MAX_MISSES = 2
_SLACK_S = 60


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What a reply to "1 continue 2 new" leads to: an end, or a message to go on with."""

    talk: Talk
    heard: Heard | None = None
    result: Result | None = None


def put_aside(talk: Talk, given: Given) -> Talk:
    """Return the talk at rest; patient work with facts in it is kept as the draft."""
    for frame in reversed(talk.frames):
        flow = given.flows.get(frame.flow)
        if flow is not None and flow.patient and frame.facts:
            talk = replace(talk, draft=replace(frame, misses=0, nudged=False))
            break
    return replace(talk, frames=(), lead=None, brief=False)


def elapse(talk: Talk, event: Elapsed, given: Given) -> Result:
    """Nudge once, or put the draft aside in silence; an outdated reminder does nothing."""
    frame = talk.top
    if frame is None or frame.asked is None:
        return talk, ()
    flow = given.flows.get(frame.flow)
    patience_s = given.city.nudge_after_s if event.kind == "nudge" else given.city.park_after_s
    waited_s = int((given.now - talk.asked_at).total_seconds()) if talk.asked_at else patience_s
    if waited_s < patience_s - _SLACK_S:
        # The reminder was set for an earlier question; the present one gets its full time.
        return talk, (Remind(event.kind, patience_s - waited_s),)
    if event.kind == "park":
        return advance(put_aside(talk, given), given)
    if event.kind != "nudge" or flow is None or not flow.patient or frame.nudged:
        return talk, ()
    talk = replace(talk.with_top(replace(frame, nudged=True)), brief=True)
    return advance(lead_with(talk, "patience.nudge"), given)


def _offer(talk: Talk, heard: Heard, given: Given, lead: str = "") -> Result:
    draft = talk.draft
    assert draft is not None
    flow = given.flows.get(draft.flow)
    about = flow.summarise(draft.values(), scene_of(talk, draft, given)) if flow else ""
    text = given.catalogue.phrase
    values = {"words": about}
    if lead:
        values["lead"] = text(talk.language, lead, {})
    choices = (text(talk.language, "choice.continue", {}), text(talk.language, "choice.new", {}))
    return replace(talk, offer=heard), (Say("patience.offer", values, choices, asks=True),)


def offer_draft(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Offer the draft to a resident who comes back, unless they clearly want something else."""
    if talk.draft is None or talk.top is not None or talk.offer is not None:
        return None
    name, strength = routing.find_flow(hearing, given)
    if strength >= routing.CLEAR and not given.flows[name].patient:
        return None
    return _offer(talk, Heard(hearing.reading.text, hearing.photos), given)


def _resume(talk: Talk, given: Given) -> TakenUp:
    """Take the draft up; the words that brought the resident back are heard as the answer."""
    draft, offer = talk.draft, talk.offer
    assert draft is not None
    assert offer is not None
    talk = replace(talk, draft=None, offer=None).push(replace(draft, misses=0))
    # A bare "yes" or "2" from before the draft was shown again must not answer anything.
    telling = len(tokens(fold(offer.text))) > 1 or bool(offer.photos)
    return TakenUp(talk, offer) if telling else TakenUp(talk, None, advance(talk, given))


def take_up(talk: Talk, reading: Reading, given: Given) -> TakenUp:
    """Return what the reply to "1 continue 2 new" leads to."""
    draft, offer = talk.draft, talk.offer
    if draft is None or offer is None:
        return TakenUp(replace(talk, offer=None))
    hearing = Hearing(reading, {}, Scene(given, talk.language))
    says = {reading.command, hearing.yes_no, str(reading.number)}
    if says & {"continue", "yes", "1"} and reading.address is None:
        return _resume(talk, given)
    if says & {"new", "no", "2"} and reading.address is None:
        return TakenUp(replace(talk, draft=None, offer=None), offer)
    _, strength = routing.find_flow(hearing, given)
    unclear = reading.command is None and strength < routing.CLEAR and draft.misses < _MAX_MISSES
    if unclear and reading.emergency is None and reading.opt_out == "no":
        talk = replace(talk, draft=replace(draft, misses=draft.misses + 1))
        return TakenUp(talk, None, _offer(talk, offer, given, "repair.pick_number"))
    return TakenUp(talk)  # something else is wanted now; the draft stays where it is
