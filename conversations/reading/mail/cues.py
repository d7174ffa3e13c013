"""The words of all languages that the rules look for, read once from `words/*.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from conversations.data import read_toml


@cache
def _read(name: str) -> dict[str, Any]:
    """Return one file of words."""
    return read_toml(f"reading/mail/words/{name}.toml")


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of one of the words, the longest first."""
    ordered = sorted({word.lower().replace("’", "'") for word in words}, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", " ") for word in ordered)


def _flat(table: dict[str, list[str]]) -> list[str]:
    """Return the words of all languages of a table."""
    return [word for words in table.values() for word in words]


@cache
def verbs() -> re.Pattern[str]:
    """Return the pattern of "wrote" in any language."""
    intros = _read("intros")
    whole, pieces = _any_of(_flat(intros["verbs"])), _any_of(_flat(intros["pieces"]))
    return re.compile(rf"(?<!\w)(?:{whole})(?!\w)|{pieces}")


@cache
def starts() -> re.Pattern[str]:
    """Return the pattern of the beginning of an intro line: "on mon 2", "el 2", "le lun. 2"."""
    words = _any_of(_read("intros")["starts"]["words"])
    return re.compile(rf"(?<!\w)(?:{words})[ ,](?=[^:]{{0,30}}?\d)")


@cache
def speakers() -> re.Pattern[str]:
    """Return the pattern of words by which residents name people they tell about."""
    return re.compile(rf"(?<!\w)(?:{_any_of(_read('intros')['speakers']['words'])})(?!\w)")


@cache
def inside() -> re.Pattern[str]:
    """Return the pattern of "my answers in red": typed inside what looks quoted."""
    table = _read("intros")["inside"]
    answers, places = _any_of(table["answers"]), _any_of(table["places"])
    one, other = rf"(?<!\w)(?:{answers})", rf"(?:{places})"
    return re.compile(rf"{one}.{{0,25}}{other}|{other}.{{0,25}}{one}")


@cache
def excuses() -> re.Pattern[str]:
    """Return the pattern of "please excuse my typos"."""
    table = _read("signatures")["device"]
    return re.compile(rf"(?:{_any_of(table['excuses'])}).{{0,50}}(?:{_any_of(table['excused'])})")


@cache
def labels() -> dict[str, frozenset[str]]:
    """Return what each header label may mean: `{"de": {"from"}, "a": {"to"}, ...}`."""
    found: dict[str, set[str]] = {}
    for language in _read("headers").values():
        for role, words in language.items():
            for word in words:
                found.setdefault(word.lower().replace("’", "'").rstrip(":"), set()).add(role)
    return {word: frozenset(roles) for word, roles in found.items()}


@cache
def originals() -> re.Pattern[str]:
    """Return the pattern of "original message"."""
    return re.compile(_any_of(_read("separators")["original"]))


@cache
def forwards() -> re.Pattern[str]:
    """Return the pattern of "forwarded message"."""
    return re.compile(_any_of(_read("separators")["forwarded"]))


@cache
def forward_subjects() -> re.Pattern[str]:
    """Return the pattern of a subject that says the mail was passed on: "Fwd: ..."."""
    return re.compile(
        rf"\s*\[?(?:{_any_of(_read('separators')['subject_forwarded'])})\s*[:：]", re.I
    )


@cache
def devices() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return how "Sent from my iPhone" begins or ends, the names in it, and its common words."""
    table = _read("signatures")["device"]
    edges = rf"(?:{_any_of(table['starts'])})|(?:.{{0,60}}(?:{_any_of(table['ends'])})\W*$)"
    return (
        re.compile(edges),
        re.compile(_any_of(table["names"])),
        re.compile(_any_of(table["things"])),
    )


@cache
def of_mine() -> frozenset[str]:
    """Return "sent from my": what follows is the name of a thing."""
    return frozenset(_read("signatures")["device"]["mine"])


@cache
def added_lines() -> frozenset[str]:
    """Return lines that programs add, whole."""
    return frozenset(_read("signatures")["device"]["whole"])


@cache
def closers() -> frozenset[str]:
    """Return the farewells, without marks: "best regards"."""
    return frozenset(word.lower() for word in _read("signatures")["closers"]["words"])


@cache
def disclaimer_cues() -> re.Pattern[str]:
    """Return the pattern of the phrases of disclaimers."""
    return re.compile(_any_of(_flat(_read("disclaimers")["cues"])))


@cache
def strong_cues() -> re.Pattern[str]:
    """Return the pattern of what makes a notice alone, below a drawn line."""
    return re.compile(_any_of(_read("disclaimers")["strong"]))


@cache
def mail_words() -> re.Pattern[str]:
    """Return the pattern of words by which a notice names the mail it stands in."""
    return re.compile(_any_of(_read("disclaimers")["mail"]))


@cache
def disclaimer_titles() -> frozenset[str]:
    """Return the lines that stand above a disclaimer."""
    return frozenset(_read("disclaimers")["titles"])


@cache
def elements(meaning: str) -> frozenset[str]:
    """Return the names, classes or ids of elements of pages: `blocks`, `quote_classes`, ..."""
    return frozenset(str(_read("pages")[meaning]).split())
