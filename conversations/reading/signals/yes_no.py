"""Yes and no, as people answer a question: a word, a thumb, a short sentence that begins so.

"no heat in my building" and "no parking sign" are no answers, and "si no arreglan..." is an "if".
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal, NamedTuple

from conversations.reading.signals.patterns import gather_forms, read_words
from conversations.reading.signals.spoken import Spoken, plain_forms, spoken

YesNo = Literal["yes", "no"]
_LONGEST_ANSWER = 8  # words
_LONGEST_SI = 4  # words; longer, "si" is Spanish for "if"
_STRETCHED = re.compile(r"([a-z])\1{2,}")  # yesss, nooooo
_PUNCTUATED = re.compile(r"^\W*no+(?:pe)?(?:\s*[,;!–—-]|\s*\.(?!\s*\d)|\s+-)")
_PICTURE_TAIL = str.maketrans("", "", "\ufe0f\u200d .!")


class _Rules(NamedTuple):
    """The word lists, compiled once."""

    yes: frozenset[str]
    no: frozenset[str]
    first_yes: frozenset[str]
    first_no: frozenset[str]
    plain_no: frozenset[str]
    after_no: frozenset[str]
    signs: dict[str, YesNo]


def read_yes_no(text: str) -> YesNo | None:
    """Return `yes` or `no` when the message is such an answer, else None."""
    said = spoken(text)
    rules = _rules()
    if not said.words:
        return rules.signs.get(text.strip()[:12].translate(_PICTURE_TAIL))
    if len(said.words) > _LONGEST_ANSWER:
        return None
    for whole in _spellings(said):
        if whole in rules.yes:
            return "yes"
        if whole in rules.no:
            return "no"
    first = _STRETCHED.sub(r"\1", said.words[0])
    if first in rules.first_yes:
        return None if first == "si" and len(said.words) > _LONGEST_SI else _unless_no(said)
    if first in rules.first_no:
        return "no" if _is_no_answer(said) else None
    return None


def _spellings(said: Spoken) -> tuple[str, ...]:
    """Return the whole message as plain words, as typed and with stretched letters shortened."""
    whole = " ".join(said.words)
    return whole, _STRETCHED.sub(r"\1", whole), _STRETCHED.sub(r"\1\1", whole)


def _unless_no(said: Spoken) -> YesNo | None:
    """Return yes, unless the answer goes on to say no ("yes and no", "yeah not really")."""
    contrary = {"no", "not", "nope", "dont", "isnt", "wasnt"}
    if said.words[:2] == ("ya", "paso"):  # "it is over" of a danger, not "yes"
        return None
    return None if contrary.intersection(said.words[1:3]) else "yes"


def _is_no_answer(said: Spoken) -> bool:
    """Tell whether a message that begins with "no" is an answer and not a thing missing."""
    rules = _rules()
    if _PUNCTUATED.match(said.folded) or said.words[0] in rules.plain_no:
        return True
    following = said.words[1] if len(said.words) > 1 else ""
    return following in rules.after_no


@cache
def _rules() -> _Rules:
    """Return the compiled word lists."""
    words: dict[str, Any] = read_words("yes_no")
    signs: dict[str, YesNo] = {}
    meanings: tuple[YesNo, ...] = ("yes", "no")
    for meaning in meanings:
        signs.update({sign.translate(_PICTURE_TAIL): meaning for sign in words["signs"][meaning]})
    return _Rules(
        yes=gather_forms(words["yes_whole"]),
        no=gather_forms(words["no_whole"]),
        first_yes=_words(words["first"]["yes"]),
        first_no=_words(words["first"]["no"]),
        plain_no=_words(words["first"]["plain_no"]),
        after_no=_words(words["after_no"]["words"]),
        signs=signs,
    )


def _words(listed: list[str]) -> frozenset[str]:
    """Return single words in every form they may have in a line."""
    return frozenset(form for word in listed for form in plain_forms(word))
