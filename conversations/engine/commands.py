"""Words that work anywhere: HELP, BACK, MENU, RESTART, SKIP, REPEAT, AGENT, STATUS, WRONG,
a language.

Beside them "never mind", which lets go of a report and is elsewhere an ordinary no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from conversations.engine import digression, identity, language
from conversations.engine.advance import Result, advance, asked_of, lead_with, stop_of
from conversations.engine.given import Given
from conversations.engine.patience import put_aside
from conversations.engine.person import call_person
from conversations.engine.script import Hearing
from conversations.engine.talk import Frame, Talk
from conversations.vocabulary.effects import Say

Command = Callable[[Talk, Hearing, Given], Result | None]


def _help(talk: Talk, hearing: Hearing, given: Given) -> Result:
    return digression.tell(talk, given, "help.text")


def _back(talk: Talk, hearing: Hearing, given: Given) -> Result:
    """Forget the last answer of the running flow and ask for it again."""
    frame, stop = talk.top, stop_of(talk, given)
    if frame is None:
        return _menu(talk, hearing, given)
    path = [name for name in stop.path if name in frame.facts] if stop else []
    if path:
        frame = replace(frame.with_facts({}, (path[-1],)), misses=0)
        return advance(lead_with(talk.with_top(frame), "commands.back"), given)
    if len(talk.frames) > 1:
        return advance(talk.pop(), given)
    return advance(lead_with(talk, "commands.at_start"), given)


def _menu(talk: Talk, hearing: Hearing, given: Given) -> Result:
    had_draft = talk.draft is not None
    talk = put_aside(talk, given)
    if talk.draft is not None and not had_draft:
        talk = lead_with(talk, "commands.put_aside")
    data = {"draft": True} if talk.draft is not None else {}
    return advance(replace(talk, offer=None).push(Frame("welcome", data=data)), given)


def _let_go(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Put patient work aside and rest; None when none is on top: there it answers the question."""
    running = given.flows.get(talk.top.flow) if talk.top else None
    if running is None or not running.patient:
        return None
    return replace(put_aside(talk, given), offer=None), (Say("commands.let_go"),)


def _continue(talk: Talk, hearing: Hearing, given: Given) -> Result:
    """Take the draft up again, when there is one and nothing patient is running."""
    running = given.flows.get(talk.top.flow) if talk.top else None
    if talk.draft is None or (running is not None and not running.yields):
        return _repeat(talk, hearing, given)
    draft = replace(talk.draft, misses=0)
    return advance(replace(talk, frames=(draft,), draft=None, offer=None), given)


def _restart(talk: Talk, hearing: Hearing, given: Given) -> Result:
    frame = talk.top
    if frame is None:
        return _menu(talk, hearing, given)
    fresh = Frame(frame.flow, data=frame.data)
    return advance(lead_with(talk.with_top(fresh), "commands.restarted"), given)


def _skip(talk: Talk, hearing: Hearing, given: Given) -> Result:
    wish, frame = asked_of(talk, given), talk.top
    if wish is None or frame is None:
        return _repeat(talk, hearing, given)
    if not wish.question.optional:
        return advance(lead_with(talk, "commands.no_skip"), given)
    return advance(talk.with_top(frame.with_facts({wish.question.name: None})), given)


def _repeat(talk: Talk, hearing: Hearing, given: Given) -> Result:
    return advance(talk if talk.top else talk.push(Frame("welcome")), given)


def _person(talk: Talk, hearing: Hearing, given: Given) -> Result:
    return call_person(talk, given, "asked", hearing.reading.text)


def _status(talk: Talk, hearing: Hearing, given: Given) -> Result:
    return digression.begin(talk, given, "status", hearing)


def _wrong(talk: Talk, hearing: Hearing, given: Given) -> Result:
    return identity.take_wrong(talk, hearing, given)


COMMANDS: Mapping[str, Command] = {
    "help": _help,
    "back": _back,
    "continue": _continue,
    "menu": _menu,
    "let_go": _let_go,
    "restart": _restart,
    "skip": _skip,
    "repeat": _repeat,
    "person": _person,
    "status": _status,
    "wrong": _wrong,
}


def run(command: str, talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Obey a command by name; None when it is not one that works anywhere."""
    if command.startswith("language:"):
        return language.switch(talk, command.partition(":")[2], given)
    found = COMMANDS.get(command)
    return found(talk, hearing, given) if found else None


def obey(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Obey a word that works anywhere, when the message is one."""
    return run(hearing.reading.command, talk, hearing, given) if hearing.reading.command else None
