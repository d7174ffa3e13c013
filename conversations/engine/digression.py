"""Something else in between: a short flow or a word of information, then on with what was open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conversations.engine.advance import Result, advance, lead_with
from conversations.engine.given import Given, Scene
from conversations.engine.person import call_person
from conversations.engine.script import Hearing
from conversations.engine.talk import Frame, Talk
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Say

MAX_FRAMES = 4
LINK = "link"
"""Name of the flow that links another handle."""


def tell(talk: Talk, given: Given, phrase: str, values: Mapping[str, Any] | None = None) -> Result:
    """Say something asked for, and put the open question again in short."""
    said = {"phone": given.city.phone, "city": given.city.called(talk.language), **(values or {})}
    told = Say(phrase, said, keep=True)
    if talk.top is None:
        return talk, (told,)
    talk, effects = advance(replace(talk, brief=True), given)
    return talk, (told, *effects)


def begin(talk: Talk, given: Given, name: str, hearing: Hearing) -> Result:
    """Run another flow on top; one that yields, or the same one, makes room for it."""
    while talk.top is not None:
        running = given.flows.get(talk.top.flow)
        if running is not None and not running.yields and running.name != name:
            break
        talk = talk.pop()
    if len(talk.frames) >= MAX_FRAMES:
        talk = replace(talk, frames=talk.frames[-(MAX_FRAMES - 1) :])
    fresh = replace(hearing, known={}, scene=Scene(given, talk.language))
    gathered = given.flows[name].gathers(fresh)
    # A number nobody knows is worth following when the resident filed a report we prepared.
    data = {"handed_off": True} if talk.handed_off else {}
    if talk.draft is not None:
        data["draft"] = True
    talk = replace(talk, offer=None).push(Frame(name, data=data).with_facts(gathered.facts))
    return advance(lead_with(talk, gathered.lead) if gathered.lead else talk, given)


def digress(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Answer a wish that is not about the open question: status, help, a person, benefits."""
    reading = hearing.reading
    if reading.intent is Intent.PERSON:
        return call_person(talk, given, "asked", reading.text)
    if reading.intent is Intent.HELP:
        return tell(talk, given, "help.text")
    if reading.intent is Intent.BENEFITS:
        return tell(talk, given, "help.benefits", {"website": given.city.website})
    if _asks_for_information(hearing):
        return tell(talk, given, "help.question", {"website": given.city.website})
    if reading.tracking_number or reading.intent is Intent.STATUS:
        return begin(talk, given, "status", hearing)
    if talk.top is not None and reading.contacts.wish in ("email", "sms"):
        return link(talk, hearing, given)
    if talk.top is not None and reading.intent is Intent.GREETING:
        return advance(talk, given)
    return None


def _asks_for_information(hearing: Hearing) -> bool:
    """Return whether a text wants to know something: "what time does the dump close"."""
    if hearing.reading.address is not None:
        return False
    said = f"{' '.join(tokens(fold(hearing.reading.text)))} "
    return any(said.startswith(f"{start} ") for start in hearing.scene.words("help.info_starts"))


def link(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Link another handle in the middle of something: no answer to any question says that."""
    wish = hearing.reading.contacts.wish
    if talk.top is None or LINK not in given.flows or wish is None:
        return None
    if talk.top.flow == LINK and hearing.reading.contacts.wish == "link":
        return None  # it asked for the handle, and hears it
    frames = tuple(frame for frame in talk.frames if frame.flow.partition(".")[0] != LINK)
    return begin(replace(talk, frames=frames), given, LINK, hearing)


def divert(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Take "link my email" for what it is, before a question takes it for its answer."""
    return link(talk, hearing, given) if hearing.reading.contacts.wish == "link" else None
