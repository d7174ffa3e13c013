"""The answer to the question that was asked, and whatever else the message volunteers."""

from __future__ import annotations

from dataclasses import replace

from conversations.engine import commands
from conversations.engine.advance import Result, advance, asked_of, lead_with, options_of
from conversations.engine.given import Given
from conversations.engine.script import Answer, Hearing, Hint, Option
from conversations.engine.talk import Talk
from conversations.reading.text import fold, tokens

_SHORT = 5  # words; a longer text that holds a number is not a choice
_TELLING = 5  # letters of a label that are enough to mean it


def _choose(options: tuple[Option, ...], hearing: Hearing) -> Option | None:
    """Return the numbered choice a text means, or None."""
    reading, folded = hearing.reading, fold(hearing.reading.text)
    short = len(tokens(folded)) <= _SHORT and reading.address is None
    if short and reading.number is not None and 1 <= reading.number <= len(options):
        return options[reading.number - 1]
    for option in options:
        said = {word for word in (reading.command, hearing.yes_no if short else None) if word}
        if said & set(option.words):
            return option
    if reading.number is not None and not fold(reading.text).strip("0123456789 .)#"):
        return None
    exact = [option for option in options if fold(option.label) == folded]
    close = [
        option for option in options if len(folded) >= _TELLING and folded in fold(option.label)
    ]
    found = exact or close
    return found[0] if len(found) == 1 else None


def answer(talk: Talk, hearing: Hearing, given: Given) -> Result | None:
    """Take the message as an answer; None when it holds nothing the running flow wants."""
    frame, wish = talk.top, asked_of(talk, given)
    if frame is None or wish is None:
        return None
    option = _choose(options_of(talk, wish, given), hearing)
    if option is not None and option.command:
        return commands.run(option.command, talk, hearing, given)
    if option is not None:
        taken: Answer | Hint | None = Answer(option.facts, option.drops)
    else:
        taken = wish.question.read(hearing)
    gathered = given.flows[frame.flow].gathers(hearing)
    if taken is None and not gathered.facts:
        return None
    facts, drops, lead = dict(gathered.facts), gathered.drops, gathered.lead
    if isinstance(taken, Answer):
        # What the answer itself says or forgets weighs more than what was picked up beside it.
        facts = {name: value for name, value in facts.items() if name not in taken.drops}
        facts.update(taken.facts)
        drops, lead = (*drops, *taken.drops), taken.lead
    if isinstance(taken, Hint):
        talk = replace(lead_with(talk, taken.phrase, **taken.values), brief=taken.brief)
    elif lead or taken is None:
        talk = lead_with(talk, lead or "correction.noted")
    fresh = replace(frame.with_facts(facts, drops), misses=0)
    return advance(talk.with_top(fresh), given)
