"""The details some request types need: one optional question each."""

from __future__ import annotations

import re
from collections.abc import Callable

from conversations.engine.script import Answer, Hearing, Question, Understood
from conversations.flows.report.correcting import correct_kind
from conversations.flows.report.locating import (
    find_apartment,
    is_only_where,
    is_unsure,
)
from conversations.flows.report.moving import read_moved
from conversations.reading.text import fold, tokens

_MAX_WORDS = 300
_LONE_NUMBER = re.compile(r"\d{1,2}")


def read_words(name: str) -> Callable[[Hearing], Understood]:
    """Return a reader that takes any words as they are."""

    def read(hearing: Hearing) -> Understood:
        text = " ".join(hearing.reading.text.split())
        return Answer({name: text[:_MAX_WORDS]}) if tokens(fold(text)) else None

    return read


def _read_apartment(hearing: Hearing) -> Understood:
    """Take "apt 5C" as 5C: the read-back says by itself what it is."""
    text = " ".join(hearing.reading.text.split())
    first, _, rest = text.partition(" ")
    named = fold(first).strip(".#:") in hearing.scene.words("report.apartment_words")
    return read_words("apartment")(hearing) if not (named and rest) else Answer({"apartment": rest})


def _read_detail(
    name: str, take: Callable[[Hearing], Understood]
) -> Callable[[Hearing], Understood]:
    """Return a reader for a detail that lets go what is an answer to something else."""

    def read(hearing: Hearing) -> Understood:
        told = name == "apartment" and hearing.reading.address is None
        if is_only_where(hearing) and not told:
            return read_moved(hearing) or Answer(lead="correction.noted")
        if other := correct_kind(hearing):
            return other
        if _knows_nothing(hearing):
            return Answer({name: None})
        if hearing.asks or hearing.yes_no == "yes":
            return None
        if name != "apartment" and _LONE_NUMBER.fullmatch(fold(hearing.reading.text).strip(" .#")):
            return None  # meant for a choice that is gone; no plate, no name is that short
        return take(hearing)

    return read


def _knows_nothing(hearing: Hearing) -> bool:
    """Return whether a text only says that it is not known; "no idea but it's red" tells more."""
    said = set(tokens(fold(hearing.reading.text)))
    if said & set(hearing.scene.words("report.knows_after_all")):
        return False
    return is_unsure(hearing) or (hearing.yes_no == "no" and not find_apartment(hearing))


def _detail(name: str) -> Question[str]:
    take = _read_apartment if name == "apartment" else read_words(name)
    return Question(name, f"report.ask_{name}", _read_detail(name, take), optional=True)


DETAILS: dict[str, Question[str]] = {
    name: _detail(name) for name in ("apartment", "plate", "which_side", "business_name", "ongoing")
}
