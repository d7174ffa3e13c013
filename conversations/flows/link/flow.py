"""Linking another handle: by text a mail address, by mail a phone; then where news should go.

`link` asks for the handle and has a code sent there; `link.code` asks for the code, three times at
most; `link.prefer` asks once where news are wanted. Whoever names a place that is theirs already
only changes where news go.
"""

from __future__ import annotations

import re

from conversations.engine.flow import Flow, Samples
from conversations.engine.given import Scene
from conversations.engine.script import (
    Answer,
    Done,
    Hearing,
    Hint,
    Option,
    Question,
    Script,
    Understood,
    ask,
    ask_optional,
    known,
    look,
)
from conversations.reading.result import Intent, Reading
from conversations.reading.signals.contacts import Contacts
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.handles import Handle, address, mailto, tel

SMS, EMAIL = "sms", "email"
_WISHES = ("link", SMS, EMAIL)
_BARE = 6  # words of a text that is little more than an address
_CODE = re.compile(r"\D{0,30}(\d{3})[ -]?(\d{3})\D{0,30}", re.ASCII)


def _own(scene: Scene) -> str:
    return EMAIL if scene.given.channel == EMAIL else SMS


def _other(scene: Scene) -> str:
    return SMS if _own(scene) == EMAIL else EMAIL


def _handle_in(hearing: Hearing) -> Handle | None:
    """Return the handle of the other channel that a text holds, or None."""
    contacts = hearing.reading.contacts
    if _other(hearing.scene) == EMAIL:
        return mailto(contacts.mailbox) if contacts.mailbox else None
    return tel(contacts.phone) if contacts.phone else None


def _read_handle(hearing: Hearing) -> Understood:
    handle = _handle_in(hearing)
    if handle is not None:
        return Answer({"handle": handle})
    contacts = hearing.reading.contacts
    if contacts.mailbox or contacts.phone:
        return Hint(f"link.only_{_other(hearing.scene)}")
    return None


def _read_code(hearing: Hearing) -> str | None:
    found = _CODE.fullmatch(hearing.reading.text.strip())
    return found[1] + found[2] if found else None


def _code_question(number: int, phrase: str) -> Question[str]:
    """Return the question for the code, the first, second or third time."""
    name = f"code_{number}"

    def read(hearing: Hearing) -> Understood:
        code = _read_code(hearing)
        return Answer({name: code}) if code else None

    form = "link.code_form"
    return Question(name, phrase, read, again=form, brief=form, optional=True)


WISH: Question[str] = Question("wish", "link.ask_email")
HANDLE: Question[str] = Question(
    "handle", "link.ask_email", _read_handle, again="link.ask_again", brief="link.ask_again"
)
CODES = (
    _code_question(1, "link.code_sent"),
    _code_question(2, "link.code_wrong"),
    _code_question(3, "link.code_wrong"),
)
WHERE: Question[str] = Question("where", "link.ask_where")


def wants_link(hearing: Hearing) -> int:
    """Return how strongly a text wants a handle linked, or news elsewhere."""
    reading = hearing.reading
    if reading.contacts.wish in _WISHES:
        tells = reading.intent is Intent.REPORT and reading.contacts.wish != "link"
        return 0 if tells and (reading.address or reading.request_types) else 90
    bare = len(tokens(fold(reading.text))) <= _BARE
    return 70 if bare and _handle_in(hearing) is not None else 0


def gather(hearing: Hearing) -> Answer:
    """Note the handle a text holds, and where it wants news."""
    facts: dict[str, str] = {}
    if hearing.reading.contacts.wish in _WISHES:
        facts["wish"] = str(hearing.reading.contacts.wish)
    if (handle := _handle_in(hearing)) is not None:
        facts["handle"] = handle
    return Answer(facts)


def link(scene: Scene) -> Script[Done]:
    """Find out which handle, and have a code sent there."""
    own, other = _own(scene), _other(scene)
    wish = yield from known(WISH)
    handle = yield from known(HANDLE)
    mine = yield from look("my_channels", {} if handle is None else {"handle": handle})
    if mine is None:
        return Done((Say("link.unavailable"),))
    has_other, is_mine = other in (mine.get("channels") or ()), bool(mine.get("mine"))
    if wish == own and (handle is None or is_mine):
        return _prefer(own) if has_other else Done((Say(f"link.already_{own}"),))
    if is_mine or (handle is None and wish == other and has_other):
        return _prefer(other)
    if other not in (mine.get("open") or ()):
        return Done((Say(f"link.no_{other}", {"phone": scene.city.phone}),))
    handle = yield from ask(HANDLE, phrase=f"link.ask_{other}")
    args = {"handle": handle, **({"prefer": other} if wish == other else {})}
    said = Say("link.sending", {"where": address(Handle(handle))}, hold_s=5)
    return Done((said,), (Do("send_code", args),))


def _prefer(channel: str) -> Done:
    return Done((Say(f"link.prefer_{channel}"),), (Do("prefer", {"channel": channel}),))


def enter_code(scene: Scene) -> Script[Done]:
    """Ask for the code that was sent; the right one links."""
    where = address(Handle(str(scene.data.get("handle") or "")))
    for attempt, question in enumerate(CODES):
        code = yield from ask_optional(question, values={"where": where})
        if code is None:
            return Done((Say("link.left"),))
        checked = yield from look("check_code", {"code": code}, attempt=attempt)
        if checked is None:
            return Done((Say("link.unavailable"),))
        if checked.get("result") == "right":
            return _linked(scene, where)
        if checked.get("result") != "wrong":
            break
    return Done((Say("link.code_over"),))


def _linked(scene: Scene, where: str) -> Done:
    linked, wanted = Say("link.linked", {"where": where}), scene.data.get("prefer")
    if wanted not in (SMS, EMAIL):
        return Done((linked,), (Do("link"),), then="link.prefer")
    prefer = _prefer(str(wanted))
    return Done((linked, *prefer.says), (Do("link"), *prefer.does))


def ask_where(scene: Scene) -> Script[Done]:
    """Ask once where news should go."""
    options = (
        Option(scene.text("link.choice_sms"), {"where": SMS}),
        Option(scene.text("link.choice_email"), {"where": EMAIL}),
    )
    return _prefer((yield from ask(WHERE, options=options)))


def refused(scene: Scene) -> Script[Done]:
    """Say that no code could be sent, and nothing of whether the handle is known."""
    yield from ()
    enough = scene.data.get("why") == "enough"
    return Done((Say("link.enough" if enough else "link.cannot"),))


_JANE = Contacts("jane@home.example", wish="link")
_SENT = {"handle": "mailto:jane@home.example"}
_SIX = Reading("123456", number=123456)

FLOWS = (
    Flow(
        "link",
        link,
        (WISH, HANDLE),
        wants=wants_link,
        gathers=gather,
        yields=True,
        recalls=True,
        samples=Samples(
            opening=(
                ("with an address", Reading("link jane@home.example", contacts=_JANE)),
                ("without", Reading("link my email", contacts=Contacts(wish="link"))),
                ("by mail", Reading("email me", contacts=Contacts(wish="email"))),
                ("by text", Reading("text me", contacts=Contacts(wish="sms"))),
            ),
            answers={"handle": (("an address", Reading("jane@home.example", contacts=_JANE)),)},
            looks={
                "my_channels": (
                    ("one", {"channels": ["sms"], "mine": False, "open": ["sms", "email"]}),
                    ("both", {"channels": ["sms", "email"], "mine": True, "open": ["email"]}),
                    ("no mail", {"channels": ["sms"], "mine": False, "open": ["sms"]}),
                ),
            },
        ),
    ),
    Flow(
        "link.code",
        enter_code,
        CODES,
        starts_on="code_sent",
        prompt=True,
        samples=Samples(
            events=(("code_sent", _SENT), ("wanted", {**_SENT, "prefer": EMAIL})),
            answers={question.name: (("six digits", _SIX),) for question in CODES},
            looks={
                "check_code": tuple((word, {"result": word}) for word in ("right", "wrong", "over"))
            },
        ),
    ),
    Flow(
        "link.prefer",
        ask_where,
        (WHERE,),
        yields=True,
        samples=Samples(carried=(("linked", {}),)),
    ),
    Flow(
        "link.refused",
        refused,
        starts_on="code_refused",
        yields=True,
        samples=Samples(events=(("enough", {"why": "enough"}), ("cannot", {"why": "cannot"}))),
    ),
)
