"""The conversation in a person's hands: what the resident texts goes to them, and we keep out.

We still answer where no person may be waited for: danger, a wish to be left alone, HELP. MENU or
BACK brings us back, and so does a day without a word from the city's staff.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conversations.engine import commands, consent, emergency
from conversations.engine.advance import Result, advance
from conversations.engine.given import Given, Scene
from conversations.engine.language import follow
from conversations.engine.patience import put_aside
from conversations.engine.script import Hearing
from conversations.engine.talk import Talk
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.events import Happened, Heard

TOOK_OVER, WROTE, LEFT = "person_took_over", "person_wrote", "person_left"
KINDS = (TOOK_OVER, WROTE, LEFT)
"""What happens between staff and a conversation; see `bot/desk`."""

STAYS = timedelta(hours=24)
"""A person who has not written for so long has gone home; the bot answers again."""

_BACK_TO_US = ("menu", "back")


def pass_on(talk: Talk, event: Happened, given: Given) -> Result:
    """Give the conversation into a person's hands, or take it back.

    What was under way is put aside as a draft, so that nothing of ours waits for the resident's
    next words. What `only_tells` (a word about a report, no question) takes nothing over, it keeps
    up what has been taken. `person_left` with `silent` tells nothing: something else will be told.
    """
    case_id = str(event.data.get("case_id") or "")
    if event.kind == WROTE and event.data.get("only_tells") and not _is_in(talk, case_id, given):
        return talk, ()
    if event.kind != LEFT:
        talk = replace(put_aside(talk, given), offer=None)
        return replace(talk, with_person=(case_id, given.now + STAYS)), ()
    if talk.with_person is None or talk.with_person[0] != case_id:
        return talk, ()  # another case's person left, or this one was not there
    was_there = talk.is_with_person(given.now)
    talk = replace(talk, with_person=None)
    if event.data.get("silent") or not was_there:
        return advance(talk, given)
    talk, effects = advance(talk, given)
    return talk, (Say("person.left"), *effects)


def _is_in(talk: Talk, case_id: str, given: Given) -> bool:
    """Return whether the person of this case answers at this moment."""
    held = talk.with_person
    return held is not None and held[0] == case_id and talk.is_with_person(given.now)


def relay(talk: Talk, heard: Heard, given: Given) -> Result:
    """Pass a message on to the person, and answer what cannot wait for one."""
    assert talk.with_person is not None
    case_id = talk.with_person[0]
    reading = given.reader.read(heard.text, talk.language)
    talk = follow(talk, reading, given)
    hearing = Hearing(reading, {}, Scene(given, talk.language), heard.photos)
    if reading.command == "help":
        return commands.run("help", talk, hearing, given) or (talk, ())
    if reading.command in _BACK_TO_US:
        left = Do("leave_person", {"case_id": case_id})
        talk = replace(talk, with_person=None)
        talk, said = commands.run("menu", talk, hearing, given) or (talk, ())
        return talk, (left, *said)
    passed = _pass(case_id, heard)
    urgent = emergency.advise(talk, hearing, given) if reading.emergency else None
    urgent = urgent or consent.weigh(talk, hearing, given)
    talk, said = urgent or (talk, ())
    return talk, (passed, *said)


def _pass(case_id: str, heard: Heard) -> Do:
    """Return what tells the person what the resident says."""
    args = {"case_id": case_id, "text": heard.text, "photos": list(heard.photos)}
    return Do("tell_person", args)
