"""How answers to "where is it" are understood, whole or in pieces."""

from __future__ import annotations

import re
from dataclasses import replace

from conversations.engine.given import Scene
from conversations.engine.script import Answer, Hearing, Hint, Option, Understood
from conversations.flows.report.addresses import (
    add_area,
    is_area,
    is_same_spot,
    join,
    names_area,
    polish,
    write,
)
from conversations.flows.report.correcting import (
    correct_kind,
    correct_or_wait,
    is_rude,
    is_thanks,
    sure_kind,
)
from conversations.flows.report.moving import move_area, read_moved
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.places import AddressText

_HOUSE = re.compile(r"(?:number |no\.? |numero |#)?(\d{1,5}(?:-\d{1,4})?[a-z]?)")
_TELLING = 3  # words that may tell how to find a place
_FEWEST_LETTERS = 4
_MAX_WORDS = 300


def is_unsure(hearing: Hearing) -> bool:
    """Return whether the resident says that they do not know."""
    folded = f" {' '.join(tokens(fold(hearing.reading.text)))} "
    return any(f" {words} " in folded for words in hearing.scene.words("report.unsure"))


def find_apartment(hearing: Hearing) -> str | None:
    """Return an apartment the resident names as one ("apt 3F"), as they wrote it."""
    names = "|".join(map(re.escape, hearing.scene.words("report.apartment_words")))
    found = re.search(
        rf"\b(?:{names})\.? ?#?((?=\w*\d)\w{{1,5}}|[a-z])\b", hearing.reading.text, re.I
    )
    if not (found and names):
        return None
    address = hearing.reading.address
    return None if address and fold(address.house or "") == fold(found[1]) else found[1]


def is_only_where(hearing: Hearing) -> bool:
    """Return whether a text tells where and nothing else: "in bed stuy", "350 5 ave", "apt 4"."""
    address, apartment = hearing.reading.address, find_apartment(hearing)
    if address is None and apartment is None:
        return False
    lists = ("report.place_starts", "report.otherwise", "report.small_words")
    small = {word for name in lists for word in hearing.scene.words(name)}
    if apartment:
        small |= {fold(apartment), *hearing.scene.words("report.apartment_words")}
    said = set(tokens(fold(address.text))) if address else set()
    return set(tokens(fold(hearing.reading.text))) - said <= small


def begins_like_a_place(hearing: Hearing) -> bool:
    """Return whether a text begins like words that tell where ("by the bus stop")."""
    first = next(iter(tokens(fold(hearing.reading.text))), "")
    return first in hearing.scene.words("report.place_starts")


def _is_unfinished(hearing: Hearing) -> bool:
    """Return whether a text stops in the middle ("i live at"): the rest is on its way."""
    words = tokens(fold(hearing.reading.text))
    return bool(words) and words[-1] in hearing.scene.words("report.unfinished")


def _is_only_home(hearing: Hearing) -> bool:
    """Return whether a text tells where only to who knows the resident: "in front of my house"."""
    said = set(tokens(fold(hearing.reading.text)))
    words = hearing.scene.words
    small = {word for name in ("place_starts", "small_words") for word in words(f"report.{name}")}
    return bool(said & set(words("report.home_words"))) and said <= small | set(
        words("report.home_words")
    )


def says_same_place(hearing: Hearing) -> bool:
    """Return whether the place is that of the last report ("at the same address")."""
    folded = fold(hearing.reading.text)
    return any(words in folded for words in hearing.scene.words("report.same_place"))


def _as_place(hearing: Hearing) -> AddressText | None:
    """Return a text without a readable address as the name of a place, when it may be one."""
    text = " ".join(hearing.reading.text.split())
    letters = sum(char.isalpha() for char in text)
    if not _FEWEST_LETTERS <= letters <= 80 or hearing.asks or hearing.yes_no or is_thanks(hearing):
        return None
    if hearing.reading.intent not in (Intent.OTHER, Intent.REPORT):
        return None
    if is_rude(hearing) or _is_only_home(hearing):
        return None
    return AddressText(text=text, place=text)


def _house_number(hearing: Hearing) -> str | None:
    """Return a bare house number, or None."""
    found = _HOUSE.fullmatch(fold(hearing.reading.text).strip(" .,"))
    return found[1] if found else None


def _with_house(address: AddressText, house: str | None) -> AddressText:
    """Return a street with the number said before it, when it has none."""
    if not house or not address.street or address.house or address.cross_streets:
        return address
    return join(address, AddressText(house, house=house))


def read_where(hearing: Hearing) -> Understood:
    """Understand an address, a place's name, a house number alone, or that it is not known."""
    address = hearing.reading.address
    if address is not None:
        address = _with_house(address, hearing.known.get("house_number"))
        area = names_area(address, hearing.scene)
        return Answer({"area" if area else "where": address.to_json()})
    if says_same_place(hearing):
        return Answer({"same_place": True})
    if is_unsure(hearing):
        return Answer({"no_address": True})
    house = _house_number(hearing)
    if house is not None and (borough := hearing.scene.city.gazetteer.zips.get(house)):
        return Answer({"area": AddressText(house, borough=borough, zip=house).to_json()})
    if house is not None and len(house) > 1:  # a lone digit is meant for a choice that is gone
        if house[-1].isalpha() and "-" not in house:
            return Answer({"apartment": house}, lead="correction.noted")
        return Answer({"house_number": house})
    if hearing.reading.intent not in (Intent.OTHER, Intent.REPORT):
        return None
    if _is_unfinished(hearing):
        return Hint("report.go_on")
    if sure_kind(hearing) and not begins_like_a_place(hearing):
        # What is wrong, once more or something else: either way not where it is.
        return correct_or_wait(hearing)
    place = _as_place(hearing)
    return Answer({"where": place.to_json()}) if place else None


def describe_option(scene: Scene) -> tuple[Option, ...]:
    """Return the way out without an address."""
    return (Option(scene.text("report.choice_describe"), {"no_address": True}),)


def read_spot(hearing: Hearing) -> Understood:
    """Understand where on a street, or where in an area, something is."""
    street = AddressText.from_json(hearing.known["where"])
    address = hearing.reading.address
    if address is not None and street.street and names_area(address, hearing.scene):
        return move_area(hearing.known, address) if is_only_where(hearing) else None
    if address is not None and not is_area(address):
        return Answer({"where": join(street, address).to_json()})
    if (house := _house_number(hearing)) is not None:
        return Answer({"where": join(street, AddressText(house, house=house)).to_json()})
    if is_unsure(hearing):
        return Answer({"no_address": True})
    if _is_unfinished(hearing):
        return Hint("report.go_on")
    if other := correct_kind(hearing):
        return other
    near = _as_place(hearing)
    if near is None:
        return None
    crossing = _after_start(near.text, hearing.scene.words("report.cross_starts"))
    if crossing and len(tokens(fold(crossing))) <= _TELLING and street.street:
        return Answer({"where": join(street, AddressText(crossing, street=crossing)).to_json()})
    # No number: "near the bridge", or the name of a cross street the reader does not know.
    telling = begins_like_a_place(hearing) or len(tokens(fold(near.text))) > _TELLING
    if telling or not street.street:
        return Answer({"no_address": True, "description": f"{polish(write(street))}, {near.text}"})
    crossed = join(street, AddressText(near.text, street=near.text))
    return Answer({"where": crossed.to_json()})


def _after_start(text: str, starts: tuple[str, ...]) -> str | None:
    """Return what follows the longest of `starts` at the beginning of a text, or None."""
    folded = fold(text)
    for start in sorted(starts, key=len, reverse=True):
        if folded.startswith(f"{start} "):
            return " ".join(text.split()[len(start.split()) :])
    return None


def read_not_found(hearing: Hearing) -> Understood:
    """Understand the place in other words, after the map did not know it."""
    old = AddressText.from_json(hearing.known["where"])
    address = hearing.reading.address
    if address is not None:
        if names_area(address, hearing.scene):
            return move_area(hearing.known, address)
        address = add_area(_with_house(address, old.house), old)
        if is_same_spot(address, old):
            return Answer({"not_found": True})  # they are sure; the city shall get their words
        return Answer({"where": address.to_json()})
    if is_unsure(hearing):
        return Answer({"no_address": True})
    place = _as_place(hearing)
    if place is None:
        return None
    if other := correct_kind(hearing):
        return other
    if old.street and fold(old.street) in fold(place.text):
        return Answer({"not_found": True})
    if len(tokens(fold(place.text))) >= _TELLING:
        return Answer({"no_address": True, "description": place.text})
    return None


def read_description(hearing: Hearing) -> Understood:
    """Understand how to find a place; an address is one after all."""
    moved = read_moved(hearing)
    if moved and moved.facts and is_only_where(hearing):
        return replace(moved, lead="")
    if other := correct_kind(hearing):
        return other
    text = " ".join(hearing.reading.text.split())
    letters = sum(char.isalpha() for char in text)
    no_place = hearing.asks or hearing.yes_no or is_unsure(hearing) or is_thanks(hearing)
    if letters < _FEWEST_LETTERS or no_place:
        return None
    return Answer({"description": text[:_MAX_WORDS]})
