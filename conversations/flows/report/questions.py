"""The questions of a report, and how its read-back is answered in words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from conversations.engine.script import Answer, Hearing, Hint, Question, Understood
from conversations.flows.report.addresses import join, restore_address, restore_place
from conversations.flows.report.correcting import (
    adds_when,
    correct_kind,
    more_words,
    sure_kind,
)
from conversations.flows.report.details import DETAILS, read_words
from conversations.flows.report.gathering import find_name
from conversations.flows.report.kinds import (
    common_kinds,
    read_kind,
    restore_kind,
)
from conversations.flows.report.locating import (
    begins_like_a_place,
    describe_option,
    read_description,
    read_not_found,
    read_spot,
    read_where,
)
from conversations.flows.report.moving import read_moved
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.places import AddressText, Place
from conversations.vocabulary.requests import RequestType

_MAX_WORDS = 300
_FEW_WORDS = 6  # "no wait 210": longer texts with a number are about something else
_NUMBER = re.compile(r"\d[\d-]*[a-z]?")
_HOUSE_DIGITS = 2


def _other_house(hearing: Hearing) -> Answer | None:
    """Return the address with the number of "no wait 210", when that is what is meant."""
    where = hearing.known.get("where")
    words = tokens(fold(hearing.reading.text))
    numbers = [word for word in words if _NUMBER.fullmatch(word)]
    if not where or not where.get("house") or len(numbers) != 1 or len(words) > _FEW_WORDS:
        return None
    if len(numbers[0]) < _HOUSE_DIGITS:  # more likely a choice
        return None
    if numbers[0][-1].isalpha() and hearing.known.get("apartment"):  # `no wait 4c`
        return Answer({"apartment": numbers[0]}, lead="correction.done")
    old = AddressText.from_json(where)
    if numbers[0] == fold(old.house or ""):
        return Answer(lead="correction.noted")
    moved = join(replace(old, house=None), AddressText(numbers[0], house=numbers[0]))
    return Answer({"where": moved.to_json()}, ("which_place", "not_found"), "correction.done")


def _asks_for_name(hearing: Hearing) -> bool:
    """Return whether the resident wonders if a name is needed: "is this anonymous?"."""
    folded = f" {' '.join(tokens(fold(hearing.reading.text)))} "
    return any(f" {words} " in folded for words in hearing.scene.words("report.anonymous_words"))


def _read_confirm(hearing: Hearing) -> Understood:
    """Understand a read-back answered in words: yes, no, or the thing that should be different."""
    if moved := read_moved(hearing):
        return moved
    if name := find_name(hearing):  # before the problem: `my name is John` is none
        lead = "correction.done" if hearing.known.get("name") else "correction.noted"
        return Answer({"name": name}, lead=lead)
    kind = sure_kind(hearing)
    telling = begins_like_a_place(hearing)
    if not telling and (corrected := correct_kind(hearing)):
        return corrected
    if kind is not None and kind != hearing.known.get("kind") and not telling:
        # It may be a second problem or a better name for this one; they shall say.
        return Answer({"guesses": [kind, hearing.known.get("kind")]}, ("kind", "also"))
    if other := _other_house(hearing):
        return other
    if _asks_for_name(hearing):
        return Hint("report.no_name_needed")
    if hearing.asks:
        about_report = hearing.reading.intent in (Intent.OTHER, Intent.REPORT)
        return Hint("report.ask_later") if about_report else None
    if hearing.yes_no == "yes":
        return Answer({"confirm": "updates"})
    if adds_when(hearing) and hearing.yes_no is None:
        return Answer(more_words(hearing), lead="correction.noted")
    if telling and hearing.yes_no is None:
        text = " ".join(hearing.reading.text.split()).rstrip(" .")
        return Answer({"exact_spot": text[:_MAX_WORDS]}, lead="correction.noted")
    if hearing.yes_no == "no":
        return Hint("report.what_to_change")
    return None


KIND: Question[RequestType] = Question(
    "kind", "report.ask_kind", read_kind, restore_kind,
    again="report.ask_kind_again", brief="report.ask_kind_brief", rescue=common_kinds,
)  # fmt: skip
GUESSES: Question[list[str]] = Question("guesses", "report.which_kind")
REFUSED: Question[list[str]] = Question("refused", "report.which_kind")
ALSO: Question[RequestType] = Question("also", "report.which_kind", restore=restore_kind)
WHERE: Question[AddressText] = Question(
    "where", "report.ask_where", read_where, restore_address,
    again="report.ask_where_again", brief="report.ask_where_brief", rescue=describe_option,
)  # fmt: skip
MORE: Question[list[str]] = Question("more", "report.which_kind")
AREA: Question[AddressText] = Question("area", "report.ask_where", restore=restore_address)
HOUSE_NUMBER: Question[str] = Question("house_number", "report.ask_where")
SAME_PLACE: Question[bool] = Question("same_place", "report.ask_where")
SPOT: Question[bool] = Question(
    "spot", "report.ask_spot", read_spot, brief="report.ask_spot", rescue=describe_option
)
WHICH_PLACE: Question[Place] = Question(
    "which_place", "report.which_place", read_not_found, restore_place
)
CHOSEN: Question[list[str]] = Question("chosen", "report.which_borough")
NOT_FOUND: Question[bool] = Question(
    "not_found", "report.not_found", read_not_found, again="report.not_found_again"
)
MAP_DOWN: Question[bool] = Question("map_down", "report.map_down", read_not_found)
TRIES: Question[int] = Question("tries", "report.map_down")
NO_ADDRESS: Question[bool] = Question("no_address", "report.ask_description")
DESCRIPTION: Question[str] = Question(
    "description", "report.ask_description", read_description, brief="report.ask_description"
)
EXACT_SPOT: Question[str] = Question("exact_spot", "report.ask_description")
PHOTOS: Question[list[str]] = Question("photos", "report.ask_kind")
WORDS: Question[str] = Question("words", "report.ask_kind")
NAME_WANTED: Question[bool] = Question("name_wanted", "report.ask_name")
NAME: Question[str] = Question("name", "report.ask_name", read_words("name"), optional=True)
CONFIRM: Question[str] = Question(
    "confirm", "report.confirm", _read_confirm,
    again="report.confirm_again", brief="report.confirm_brief",
)  # fmt: skip

QUESTIONS: tuple[Question[Any], ...] = (
    KIND, GUESSES, REFUSED, ALSO, MORE, WHERE, AREA, HOUSE_NUMBER, SAME_PLACE, SPOT, WHICH_PLACE,
    CHOSEN, NOT_FOUND, MAP_DOWN, TRIES, NO_ADDRESS, DESCRIPTION, EXACT_SPOT, PHOTOS, WORDS,
    NAME_WANTED, NAME, CONFIRM, *DETAILS.values(),
)  # fmt: skip
