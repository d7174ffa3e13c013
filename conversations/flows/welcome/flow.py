"""The welcome: says what CityHelper can do and waits for a wish. Any clear wish ends it."""

from __future__ import annotations

from conversations.engine.flow import Flow, Samples
from conversations.engine.given import Scene
from conversations.engine.script import Answer, Done, Hearing, Option, Question, Script, ask, known
from conversations.reading.result import Intent, Reading
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Say

_MAX_THANKS = 7  # words; a longer text says more than thanks

THANKED: Question[bool] = Question("thanked", "welcome.thanks")
WISH: Question[str] = Question("wish", "welcome.hello", again="welcome.again", brief="welcome.menu")


def _is_thanks(hearing: Hearing) -> bool:
    said = tokens(fold(hearing.reading.text))
    words = " ".join(said)
    if words in hearing.scene.words("welcome.thanks_words"):
        return True
    starts = hearing.scene.words("welcome.thanks_starts")
    begins = any(f"{words} ".startswith(f"{start} ") for start in starts)
    return begins and len(said) <= _MAX_THANKS and not hearing.asks


def wants_welcome(hearing: Hearing) -> int:
    """Return how strongly a text at rest is met with the welcome: always a little."""
    return 45 if _is_thanks(hearing) else 1


def gather(hearing: Hearing) -> Answer:
    """Note a mere thank-you, which needs no menu."""
    return Answer({"thanked": True}) if _is_thanks(hearing) else Answer()


def welcome(scene: Scene) -> Script[Done]:
    """Offer what can be done, and begin it."""
    if (yield from known(THANKED)):
        return Done((Say("welcome.thanks"),))
    options = [
        Option(scene.text("welcome.choice_report"), {"wish": "report"}),
        Option(scene.text("welcome.choice_status"), {"wish": "status"}),
        Option(scene.text("choice.person"), command="person"),
    ]
    if scene.data.get("draft"):
        options.append(Option(scene.text("choice.continue_draft"), command="continue"))
    phrase = "welcome.menu" if scene.given.known_resident else "welcome.hello"
    values = {"city": scene.city.called(scene.language)}
    wish = yield from ask(WISH, phrase=phrase, values=values, options=options)
    return Done(then=wish)


FLOWS = (
    Flow(
        "welcome",
        welcome,
        (THANKED, WISH),
        wants=wants_welcome,
        gathers=gather,
        yields=True,
        rests=True,
        samples=Samples(opening=(("hello", Reading("hello", intent=Intent.GREETING)),)),
    ),
)
