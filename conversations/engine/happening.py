"""When the world speaks: a tracking number, a status change, a photo that could not be opened.

Each kind begins the follow-up flow that is meant for it. What only tells is told at once and leaves
the open question as it is; what asks waits until the present question is answered. What answers
an open question elsewhere (a page) takes that question away.
"""

from __future__ import annotations

from dataclasses import replace

from conversations.engine import handing, identity
from conversations.engine.advance import Result, advance, asked_of, follow_up_of, scene_of
from conversations.engine.flow import Flow
from conversations.engine.given import Given
from conversations.engine.replay import Asking, replay
from conversations.engine.talk import Frame, Talk
from conversations.vocabulary.events import Happened

MAX_WAITING = 5


def take_in(talk: Talk, event: Happened, given: Given) -> Result:
    """Run the follow-up flow for something that happened; unknown kinds are passed over."""
    if event.kind in handing.KINDS:
        return handing.pass_on(talk, event, given)
    flow = follow_up_of(event.kind, given)
    if flow is None:
        return talk, ()
    if identity.hides(talk, event, flow, given):
        return identity.hold(talk, event, given)
    if event.kind == "handoff_ready":
        talk = replace(talk, handed_off=True)
    if flow.settles:
        talk = _settle(talk, flow, event, given)
    frame = Frame(flow.name, data=dict(event.data))
    asks = isinstance(replay(flow, frame, scene_of(talk, frame, given)), Asking)
    open_flow = given.flows.get(talk.top.flow) if talk.top else None
    if asks and open_flow is not None and open_flow.rests:
        talk = talk.pop()
    busy = asked_of(talk, given) is not None or talk.offer is not None
    busy = busy or talk.is_with_person(given.now)
    if asks and busy and not flow.prompt:
        waiting = (*talk.waiting, event)[-MAX_WAITING:]
        return replace(talk, waiting=waiting), ()
    return advance(talk.push(frame), given)


def _settle(talk: Talk, flow: Flow, event: Happened, given: Given) -> Talk:
    """Return the talk without the questions that this event answers, asked or still waiting."""
    request = event.data.get("request_id")
    if not request:
        return talk
    frames = tuple(
        frame
        for frame in talk.frames
        if frame.flow not in flow.settles or not _is_about(frame, request)
    )
    waiting = []
    for item in talk.waiting:
        other = follow_up_of(item.kind, given)
        same = item.data.get("request_id") == request
        if other is None or other.name not in flow.settles or not same:
            waiting.append(item)
    return replace(talk, frames=frames, waiting=tuple(waiting))


def _is_about(frame: Frame, request: object) -> bool:
    """Return whether a frame was begun by this request's news, or has looked it up alone."""
    found = [frame.data]
    for answer in frame.looks.values():
        listed = (answer or {}).get("requests") or ()
        found += [(answer or {}).get("request") or {}, *(listed if len(listed) == 1 else ())]
    return any(item.get("request_id") == request for item in found)
