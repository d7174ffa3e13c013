"""Who is it? A phone that was silent for long, or is shared, may be in other hands by now.

Before anything of earlier requests is told, we ask; until there is an answer, news are told
without a word of what they are about. "No", or WRONG at any moment, parts the handle from all that
came before: its holder begins anew and learns nothing. The shell does the parting (`Do("unlink")`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from conversations.engine import routing
from conversations.engine.advance import Result, advance, asked_of, lead_with
from conversations.engine.flow import Flow
from conversations.engine.given import Given, Scene
from conversations.engine.patience import put_aside
from conversations.engine.script import Hearing
from conversations.engine.talk import Doubt, Frame, Talk
from conversations.reading.result import Intent, Reading
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Do, Effect, Say
from conversations.vocabulary.events import Happened, Heard

MAX_HELD = 5
_TELLING_NOTHING = ("help", "person")
_RECALLING = ("status", "continue")


@dataclass(frozen=True, slots=True)
class Settled:
    """What an answer to "is it still you" leads to.

    Attributes:
        talk: from here on.
        result: the end of it; or None, then the message goes on as usual.
        heard: the message to go on with instead, or None.
        told: what happened meanwhile, to be told now.
        effects: what is done and said before.
    """

    talk: Talk
    result: Result | None = None
    heard: Heard | None = None
    told: tuple[Happened, ...] = ()
    effects: tuple[Effect, ...] = ()


def begin(talk: Talk, since: datetime, given: Given) -> Talk:
    """Return the talk after a message that broke a long silence: nothing in it is open any more."""
    doubt = talk.doubt or Doubt(since=since.isoformat())
    held = (*doubt.held, *talk.waiting)[-MAX_HELD:]
    doubt = replace(doubt, began=doubt.began or given.now.isoformat(), held=held)
    return replace(put_aside(talk, given), offer=None, waiting=(), doubt=doubt)


def guard(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Ask who it is before a message is answered with something of earlier requests."""
    reading = hearing.reading
    if talk.doubt is None or reading.command == "wrong" or _tells_nothing(reading):
        return None
    if not _recalls(talk, hearing, given):
        return None
    return _ask(talk, Heard(reading.text, hearing.photos), given)


def check(talk: Talk, heard: Heard, result: Result, given: Given) -> Result:
    """Return what a message led to, unless that is a flow which recalls: then ask first who it is.

    For the ways that `guard` cannot see beforehand, such as a choice in the menu.
    """
    after = result[0]
    flow = given.flows.get(after.top.flow) if after.top else None
    if after.doubt is None or after.doubt.asked or flow is None or not flow.recalls:
        return result
    return _ask(talk, heard, given)


def _tells_nothing(reading: Reading) -> bool:
    command = reading.command or ""
    if command in _TELLING_NOTHING or command.startswith("language:"):
        return True
    return reading.intent in (Intent.HELP, Intent.PERSON)


def _recalls(talk: Talk, hearing: Hearing, given: Given) -> bool:
    """Tell whether the answer to a message would say something of earlier requests."""
    reading, doubt = hearing.reading, talk.doubt
    if reading.command in _RECALLING or reading.tracking_number:
        return True
    if talk.top is None and (talk.draft is not None or (doubt is not None and doubt.held)):
        return True
    return _clear_flow(hearing, given, recalls=True)


def _clear_flow(hearing: Hearing, given: Given, *, recalls: bool) -> bool:
    name, strength = routing.find_flow(hearing, given)
    return strength >= routing.CLEAR and given.flows[name].recalls is recalls


def _choices(talk: Talk, given: Given) -> tuple[str, ...]:
    text = given.catalogue.phrase
    return (text(talk.language, "choice.yes", {}), text(talk.language, "choice.no", {}))


def _ask(talk: Talk, kept: Heard | None, given: Given, lead: str = "") -> Result:
    """Ask whether it is who wrote before, and keep the message that has to wait for it."""
    doubt = talk.doubt
    assert doubt is not None
    values = {"since": doubt.since} if doubt.since else {}
    if lead:
        values["lead"] = given.catalogue.phrase(talk.language, lead, {})
    phrase = "identity.ask" if doubt.since else "identity.ask_before"
    talk = replace(talk, doubt=replace(doubt, asked=True, kept=kept))
    return talk, (Say(phrase, values, _choices(talk, given), asks=True),)


def settle(talk: Talk, heard: Heard, reading: Reading, given: Given) -> Settled:
    """Return what a message leads to while the question who it is stands open."""
    doubt = talk.doubt
    assert doubt is not None
    wrong = reading.command == "wrong"
    if reading.emergency is not None or (reading.opt_out != "no" and not wrong):
        return Settled(talk)
    hearing = Hearing(reading, {}, Scene(given, talk.language))
    says = {hearing.yes_no, str(reading.number)} if reading.address is None else set()
    if wrong or says & {"no", "2"}:
        return _part(talk, given)
    if says & {"yes", "1"}:
        return _accept(talk, given)
    if _tells_nothing(reading) or _clear_flow(hearing, given, recalls=False):
        return Settled(replace(talk, doubt=replace(doubt, asked=False, kept=None)))
    if _recalls(talk, hearing, given) and tokens(fold(reading.text)) and reading.command:
        return Settled(talk, _ask(talk, heard, given))
    return Settled(talk, _ask(talk, doubt.kept, given, "repair.pick_number"))


def _accept(talk: Talk, given: Given) -> Settled:
    """Go on as who they were: what had to wait is told, the message that was kept is heard."""
    doubt = talk.doubt
    assert doubt is not None
    talk = replace(talk, doubt=None)
    if doubt.kept is not None or doubt.held:
        return Settled(talk, heard=doubt.kept, told=doubt.held)
    talk = lead_with(talk, "identity.known")
    return Settled(talk, advance(talk if talk.top else talk.push(Frame("welcome")), given))


def _part(talk: Talk, given: Given) -> Settled:
    """Begin anew; a message that was kept and asks for nothing earlier is heard now."""
    doubt = talk.doubt or Doubt()
    fresh = Talk(
        talk.language,
        talk.language_chosen,
        repeats=talk.repeats,
        pace=talk.pace,
        said=talk.said,
        alarm=talk.alarm,
    )
    effects = (
        Do("unlink", {"since": doubt.began or given.now.isoformat()}),
        Say("identity.forgotten"),
    )
    if doubt.kept is not None:
        reading = given.reader.read(doubt.kept.text, talk.language)
        hearing = Hearing(reading, {}, Scene(given, talk.language), doubt.kept.photos)
        if _clear_flow(hearing, given, recalls=False):
            return Settled(fresh, heard=doubt.kept, effects=effects)
    fresh, said = advance(fresh.push(Frame("welcome")), replace(given, known_resident=False))
    return Settled(fresh, (fresh, (*effects, *said)))


def take_wrong(talk: Talk, hearing: Hearing, given: Given) -> Result:
    """Obey WRONG: at once, or after asking when it may mean an answer or a house number."""
    running = given.flows.get(talk.top.flow) if talk.top else None
    bare = len(tokens(fold(hearing.reading.text))) == 1
    answers = bare and asked_of(talk, given) is not None and not (running and running.rests)
    if answers or (running is not None and running.patient):
        return _ask(replace(talk, doubt=Doubt(began=given.now.isoformat())), None, given)
    settled = _part(talk, given)
    assert settled.result is not None
    return settled.result


def hides(talk: Talk, event: Happened, flow: Flow, given: Given) -> bool:
    """Return whether news must not be told yet: of a request made before it was clear who it is."""
    if (talk.doubt is None and given.away_since is None) or flow.silent:
        return False
    began = talk.doubt.began if talk.doubt else ""
    told = [item for item in event.data.get("changes") or [event.data] if item.get("request_id")]
    return any(_is_earlier(str(item.get("made_at") or ""), began) for item in told)


def _is_earlier(made: str, began: str) -> bool:
    """Tell whether a request may have been made before its phone changed hands."""
    if not began or not made:
        return True
    return datetime.fromisoformat(made) < datetime.fromisoformat(began)


def hold(talk: Talk, event: Happened, given: Given) -> Result:
    """Keep news untold; say once that there are some, without what they are about."""
    since = given.away_since.isoformat() if given.away_since else ""
    doubt = talk.doubt or Doubt(since=since)
    told = doubt.asked or bool(doubt.held)
    doubt = replace(doubt, held=(*doubt.held, event)[-MAX_HELD:])
    talk = replace(talk, doubt=doubt)
    if told or asked_of(talk, given) is not None or talk.offer is not None:
        return talk, ()
    talk = replace(talk, doubt=replace(doubt, asked=True))
    return talk, (Say("identity.news", {}, _choices(talk, given), asks=True),)
