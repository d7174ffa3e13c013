"""Hearing in a resident's own words whether a thing is fixed."""

from __future__ import annotations

import re
from collections.abc import Callable

from conversations.engine.script import Answer, Hearing, Hint, Understood
from conversations.flows.report.addresses import is_enough
from conversations.flows.report.correcting import sure_kind
from conversations.flows.report.kinds import possible_kinds
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens

_MOST_BETWEEN = 3  # small words between a "not" and what it denies


def read_verdict(hearing: Hearing) -> bool | None:
    """Return whether a text says that the thing is fixed; None when it says neither.

    "Still" weighs more than "fixed": "you said fixed but it is still there". A "not" before
    "fixed", with nothing but small words between, denies it: "nobody has even fixed it". A question
    says nothing, and neither does a "fixed" with a "not" somewhere else.
    """
    words = f" {' '.join(tokens(fold(hearing.reading.text)))} "
    if _holds(hearing, words, "followup.still_words") or _denies(hearing, words):
        return False
    if hearing.asks or not _holds(hearing, words, "followup.fixed_words"):
        return None
    return None if _holds(hearing, words, "followup.not_words") else True


def is_thanks(hearing: Hearing) -> bool:
    """Return whether a text begins with thanks."""
    words = f"{' '.join(tokens(fold(hearing.reading.text)))} "
    starts = hearing.scene.words("welcome.thanks_starts")
    return any(words.startswith(f"{start} ") for start in starts)


def reading_verdict(name: str) -> Callable[[Hearing], Understood]:
    """Return the reader of a question whether something is fixed; `name` is the question's."""

    def read(hearing: Hearing) -> Understood:
        """Understand "it is back", "all good now"; leave a problem at another place to the report.

        Mere thanks are returned, and the question put again. So it is when the same problem is told
        without a place ("they only filled half the hole"), which may be an answer or a new report.
        """
        if _is_elsewhere(hearing):
            return None
        fixed = read_verdict(hearing)
        if fixed is None:
            fixed = _read_yes_no(hearing)
        if fixed is not None:
            return Answer({name: fixed})
        if is_thanks(hearing):
            return Hint("followup.welcome", brief=True)
        return Hint("followup.which_one", brief=True) if _may_be_it(hearing) else None

    return read


def _is_elsewhere(hearing: Hearing) -> bool:
    """Return whether a text tells of a problem at another place than that of the request."""
    address = hearing.reading.address
    if address is None or not is_enough(address) or sure_kind(hearing) is None:
        return False
    label = hearing.scene.data.get("place_label")
    ours = set(tokens(fold(str(label or ""))))
    told = set(tokens(fold(f"{address.house or ''} {address.street or ''} {address.place or ''}")))
    if not ours or not told:
        return read_verdict(hearing) is None
    house = tokens(fold(address.house or ""))
    return not ours.issuperset(house) if house else not ours & told


def _read_yes_no(hearing: Hearing) -> bool | None:
    """Return what a longer yes or no says that names no other problem and takes nothing back."""
    words = f" {' '.join(tokens(fold(hearing.reading.text)))} "
    if hearing.yes_no == "yes" and not possible_kinds(hearing):
        return None if _holds(hearing, words, "followup.not_words") else True
    return False if hearing.yes_no == "no" and _kind_is_ours(hearing) else None


def _may_be_it(hearing: Hearing) -> bool:
    """Return whether a text tells of a problem that may be the request's own."""
    reports = hearing.reading.intent in (Intent.REPORT, Intent.OTHER)
    told = bool(possible_kinds(hearing)) and hearing.reading.address is None
    reports = reports and bool(hearing.scene.data.get("title_key"))  # a report, no question
    return told and reports and not hearing.asks and _kind_is_ours(hearing)


def _kind_is_ours(hearing: Hearing) -> bool:
    """Return whether a text names no problem clearly, or that of the request."""
    return sure_kind(hearing) in (None, hearing.scene.data.get("title_key"))


def _denies(hearing: Hearing, words: str) -> bool:
    """Return whether a "not" stands before "fixed", with only small words between."""
    denials, small, denied = (
        "|".join(map(re.escape, hearing.scene.words(f"followup.{name}")))
        for name in ("denials", "small_words", "denied")
    )
    between = rf"(?: (?:{small})){{0,{_MOST_BETWEEN}}}"
    return re.search(rf" (?:{denials}){between} (?:{denied}) ", words) is not None


def _holds(hearing: Hearing, words: str, key: str) -> bool:
    return any(f" {said} " in words for said in hearing.scene.words(key))
