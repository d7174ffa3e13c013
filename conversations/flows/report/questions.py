"""The questions of a report and how free answers to them are understood."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import Answer, Hearing, Hint, Option, Question, Understood
from conversations.flows.report.addresses import (
    is_area,
    is_enough,
    join,
    restore_address,
    restore_place,
    write,
)
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.places import AddressText, Place
from conversations.vocabulary.requests import RequestType

SURE = 0.6  # from this score on a guess is taken
POSSIBLE = 0.2  # from this score on the best guess is offered
FAINT = 0.08  # from this score on a guess is offered beside a better one
_MAX_WORDS = 300
_COMMON = ("noise_neighbor", "illegal_parking", "heat", "pothole", "street_light")  # concepts
_OFFERED = 4


def sure_kind(hearing: Hearing) -> str | None:
    """Return the request type the text is clearly about, or None."""
    guesses = hearing.reading.request_types
    return guesses[0].key if guesses and guesses[0].score >= SURE else None


def possible_kinds(hearing: Hearing) -> list[str]:
    """Return the request types the text may be about, best first; none when all are faint."""
    guesses = hearing.reading.request_types
    if not guesses or guesses[0].score < POSSIBLE:
        return []
    return [item.key for item in guesses if item.score >= FAINT and item.key]


def _restore_kind(value: Any, scene: Scene) -> RequestType:
    return scene.city.request_types[value]


def _read_kind(hearing: Hearing) -> Understood:
    text = " ".join(hearing.reading.text.split())
    refused = hearing.known.get("refused") or []
    # After a change of mind the old words describe something else.
    words = {"words": text[:_MAX_WORDS]} if refused and len(tokens(fold(text))) > 2 else {}
    if kind := sure_kind(hearing):
        return Answer({"kind": kind, **words})
    faint = [item.key for item in hearing.reading.request_types if item.score >= FAINT]
    kinds = [kind for kind in faint if kind and kind not in refused]
    if not kinds or kinds == hearing.known.get("guesses"):
        return None  # the same choices again would not help
    return Answer({"guesses": kinds, **words})


def _common_kinds(scene: Scene) -> tuple[Option, ...]:
    """Return what is reported most anywhere, as far as the city takes it."""
    keys = [scene.city.concepts[name] for name in _COMMON if name in scene.city.concepts]
    types = [scene.city.request_types[key] for key in keys if key in scene.city.request_types]
    return tuple(
        Option(item.title(scene.language), {"kind": item.key}) for item in types[:_OFFERED]
    )


def is_unsure(hearing: Hearing) -> bool:
    """Return whether the resident says that they do not know the address."""
    folded = fold(hearing.reading.text)
    return any(words in folded for words in hearing.scene.words("report.unsure"))


def _as_place(hearing: Hearing) -> AddressText | None:
    """Return a text without a readable address as the name of a place, when it may be one."""
    text = " ".join(hearing.reading.text.split())
    letters = sum(char.isalpha() for char in text)
    if not 4 <= letters <= 80 or text.endswith("?") or hearing.yes_no:
        return None
    if hearing.reading.intent not in (Intent.OTHER, Intent.REPORT):
        return None
    return AddressText(text=text, place=text)


def _begins_like_a_place(hearing: Hearing) -> bool:
    """Return whether a text begins like words that tell where ("by the bus stop")."""
    first = next(iter(tokens(fold(hearing.reading.text))), "")
    return first in hearing.scene.words("report.place_starts")


def _read_where(hearing: Hearing) -> Understood:
    address = hearing.reading.address
    if address is not None:
        return Answer({"area" if is_area(address) else "where": address.to_json()})
    if is_unsure(hearing):
        return Answer({"no_address": True})
    if hearing.reading.intent not in (Intent.OTHER, Intent.REPORT):
        return None
    kind = sure_kind(hearing)
    if kind is not None and not _begins_like_a_place(hearing):
        # What is wrong, once more or something else: either way not where it is.
        return None if kind == hearing.known.get("kind") else Hint("report.one_at_a_time")
    place = _as_place(hearing)
    return Answer({"where": place.to_json()}) if place else None


def _describe_option(scene: Scene) -> tuple[Option, ...]:
    return (Option(scene.text("report.choice_describe"), {"no_address": True}),)


def _read_spot(hearing: Hearing) -> Understood:
    """Understand where on a street, or where in an area, something is."""
    street = AddressText.from_json(hearing.known["where"])
    address = hearing.reading.address
    if address is not None and not is_area(address):
        return Answer({"where": join(street, address).to_json()})
    house = re.fullmatch(
        r"(?:number |no\.? |numero |#)?(\d+(?:-\d+)?[a-z]?)", fold(hearing.reading.text)
    )
    if house:
        return Answer({"where": join(street, AddressText(house[1], house=house[1])).to_json()})
    if is_unsure(hearing):
        return Answer({"no_address": True})
    other = _as_place(hearing)
    if other is None:
        return None
    # No number: "near the bridge", or the name of a cross street the reader does not know.
    near = AddressText(other.text, street=other.text if street.street else None, place=other.text)
    if len(tokens(fold(other.text))) > 3 or not street.street:
        return Answer({"no_address": True, "description": f"{street.text}, {other.text}"})
    crossed = join(street, AddressText(near.text, street=near.street))
    return Answer({"where": crossed.to_json()})


def _move(hearing: Hearing, area: AddressText) -> Answer:
    """Return the known address in another borough or postal code."""
    old = AddressText.from_json(hearing.known["where"])
    moved = replace(old, borough=area.borough, zip=area.zip)
    return Answer({"where": replace(moved, text=write(moved)).to_json()})


def _read_not_found(hearing: Hearing) -> Understood:
    address = hearing.reading.address
    if address is not None:
        new = Answer({"where": address.to_json()})
        return _move(hearing, address) if is_area(address) else new
    if is_unsure(hearing):
        return Answer({"no_address": True})
    place = _as_place(hearing)
    if place is not None and len(tokens(fold(place.text))) >= 3:
        return Answer({"no_address": True, "description": place.text})
    return None


def _read_words(name: str) -> Callable[[Hearing], Understood]:
    """Return a reader that takes any words as they are."""

    def read(hearing: Hearing) -> Understood:
        text = " ".join(hearing.reading.text.split())
        return Answer({name: text[:_MAX_WORDS]}) if tokens(fold(text)) else None

    return read


def _says_otherwise(hearing: Hearing) -> bool:
    """Return whether the text says by itself that it corrects something."""
    folded = f" {' '.join(tokens(fold(hearing.reading.text)))} "
    marks = hearing.scene.words("report.otherwise")
    return hearing.reading.change == "what" or any(f" {mark} " in folded for mark in marks)


def _read_confirm(hearing: Hearing) -> Understood:
    """Understand a read-back answered in words: yes, no, or the thing that should be different."""
    reading = hearing.reading
    address = reading.address
    if (
        address is not None
        and is_enough(address)
        and address.to_json() != hearing.known.get("where")
    ):
        return Answer({"where": address.to_json()}, lead="correction.done")
    old = hearing.known.get("where")
    if address is not None and is_area(address) and old and old.get("borough") != address.borough:
        return replace(_move(hearing, address), lead="correction.done")
    kind = sure_kind(hearing)
    if kind is not None and kind != hearing.known.get("kind"):
        if not _says_otherwise(hearing):
            # "by the bus stop" tells where; it must not make a bus stop of a pothole.
            return Answer({"guesses": [kind, hearing.known.get("kind")]}, ("kind",))
        # The old words would now contradict the type.
        facts = {"kind": kind, "words": reading.text[:_MAX_WORDS]}
        return Answer(facts, lead="correction.done")
    if hearing.yes_no == "yes":
        return Answer({"confirm": "updates"})
    if hearing.yes_no == "no":
        return Hint("report.what_to_change")
    return None


KIND: Question[RequestType] = Question(
    "kind", "report.ask_kind", _read_kind, _restore_kind,
    again="report.ask_kind_again", brief="report.ask_kind_brief", rescue=_common_kinds,
)  # fmt: skip
GUESSES: Question[list[str]] = Question("guesses", "report.which_kind")
REFUSED: Question[list[str]] = Question("refused", "report.which_kind")
WHERE: Question[AddressText] = Question(
    "where", "report.ask_where", _read_where, restore_address,
    again="report.ask_where_again", brief="report.ask_where_brief", rescue=_describe_option,
)  # fmt: skip
AREA: Question[AddressText] = Question("area", "report.ask_where", restore=restore_address)
SPOT: Question[bool] = Question(
    "spot", "report.ask_spot", _read_spot, brief="report.ask_spot", rescue=_describe_option
)
WHICH_PLACE: Question[Place] = Question(
    "which_place", "report.which_place", _read_not_found, restore_place
)
NOT_FOUND: Question[bool] = Question("not_found", "report.not_found", _read_not_found)
MAP_DOWN: Question[bool] = Question("map_down", "report.map_down", _read_not_found)
TRIES: Question[int] = Question("tries", "report.map_down")
NO_ADDRESS: Question[bool] = Question("no_address", "report.ask_description")
DESCRIPTION: Question[str] = Question(
    "description", "report.ask_description", _read_words("description"),
    brief="report.ask_description",
)  # fmt: skip
PHOTOS: Question[list[str]] = Question("photos", "report.ask_kind")
WORDS: Question[str] = Question("words", "report.ask_kind")
NAME_WANTED: Question[bool] = Question("name_wanted", "report.ask_name")
NAME: Question[str] = Question("name", "report.ask_name", _read_words("name"), optional=True)
CONFIRM: Question[str] = Question(
    "confirm", "report.confirm", _read_confirm, brief="report.confirm_brief"
)


def _read_apartment(hearing: Hearing) -> Understood:
    """Take "apt 5C" as 5C: the read-back says by itself what it is."""
    found = _read_words("apartment")(hearing)
    if not isinstance(found, Answer):
        return None
    first, _, rest = str(found.facts["apartment"]).partition(" ")
    named = fold(first).strip(".#:") in hearing.scene.words("report.apartment_words")
    return Answer({"apartment": rest.strip()}) if named and rest.strip() else found


def _detail(name: str) -> Question[str]:
    if name == "apartment":
        return Question(name, f"report.ask_{name}", _read_apartment, optional=True)
    return Question(name, f"report.ask_{name}", _read_words(name), optional=True)


DETAILS: dict[str, Question[str]] = {
    name: _detail(name) for name in ("apartment", "plate", "which_side", "business_name", "ongoing")
}

QUESTIONS: tuple[Question[Any], ...] = (
    KIND, GUESSES, REFUSED, WHERE, AREA, SPOT, WHICH_PLACE, NOT_FOUND, MAP_DOWN, TRIES, NO_ADDRESS,
    DESCRIPTION, PHOTOS, WORDS, NAME_WANTED, NAME, CONFIRM, *DETAILS.values(),
)  # fmt: skip
