"""Finding the place of a report: from the resident's words to a spot on the map, never guessing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import Option, Script, ask, known, look
from conversations.flows.report.addresses import (
    add_area,
    describe,
    is_enough,
    is_known_street,
    polish,
    read_places,
    write,
)
from conversations.flows.report.questions import (
    AREA,
    CHOSEN,
    DESCRIPTION,
    HOUSE_NUMBER,
    MAP_DOWN,
    NO_ADDRESS,
    NOT_FOUND,
    PHOTOS,
    SAME_PLACE,
    SPOT,
    TRIES,
    WHERE,
    WHICH_PLACE,
)
from conversations.reading.text import fold
from conversations.vocabulary.places import AddressText, GeocodeStatus, Place, PlaceKind
from conversations.vocabulary.requests import RequestType

MAX_CHOICES = 4
_TELLING = 3  # words that may tell how to find a place


class Outside:
    """The place was found, and it is not in this city."""


def find_place(scene: Scene, kind: RequestType) -> Script[Place | Outside]:
    """Return the place, asking as little as possible."""
    if (yield from known(NO_ADDRESS)):
        return (yield from _describe_place())
    words = (yield from _last_place(scene)) or (yield from _ask_where(scene, kind))
    if words.elsewhere and not words.borough:
        return Outside()
    if not is_enough(words):
        yield from ask(SPOT, about=words.to_json(), values={"street": polish(write(words))})
    tries = (yield from known(TRIES)) or 0
    args = {"address": words.to_json(), "borough": words.borough}
    found = yield from look("geocode", args, attempt=tries)
    if borough := (yield from _chosen_borough(words)):
        inside = [place for place in read_places(found or {}) if place.borough == borough]
        if len(inside) == 1:
            return inside[0]
        words = replace(words, borough=borough)
        args = {"address": words.to_json(), "borough": borough}
        found = yield from look("geocode", args, attempt=tries)
    return (yield from _settle_place(scene, words, found, tries))


def _chosen_borough(words: AddressText) -> Script[str | None]:
    """Return the borough picked before for another number of the same street."""
    chosen = yield from known(CHOSEN)
    if not chosen or words.borough or chosen[0] != fold(words.street or ""):
        return None
    return chosen[1]


def _describe_place() -> Script[Place]:
    """Return the place as the resident describes it, with the street they named before."""
    street = yield from known(WHERE)
    area = yield from known(AREA)
    words = yield from ask(DESCRIPTION)
    if street is None or is_enough(street) or not street.street:
        return describe(words, area)
    if fold(street.street) not in fold(words):
        words = f"{words}, {polish(write(street))}"
    return describe(words, street)


def _last_place(scene: Scene) -> Script[AddressText | None]:
    """Return the place of the resident's last report when they say "the same address"."""
    if (yield from known(WHERE)) is not None or not (yield from known(SAME_PLACE)):
        return None
    found = yield from look("my_requests", {})
    requests = [item for item in (found or {}).get("requests") or () if item.get("own", True)]
    latest = requests[0] if requests else {}
    label = str(latest.get("place_label") or "")
    if not label:
        return None
    address = scene.given.reader.read(label, scene.language).address
    return address if address and is_enough(address) else AddressText(label, place=label)


def _ask_where(scene: Scene, kind: RequestType) -> Script[AddressText]:
    """Return the words that say where, asked for as fits what is known already."""
    area = yield from known(AREA)
    house = yield from known(HOUSE_NUMBER)
    photos = yield from known(PHOTOS)
    at_home = "apartment" in kind.asks
    values = {"photo": "" if photos else scene.text("report.photo_helps")}
    phrase = ""
    if house:
        phrase, values = "report.ask_street", {"house": house}
    elif area:
        phrase, values = "report.ask_where_in", {"street": polish(write(area))}
    elif at_home:
        phrase, values = "report.ask_where_home", {}
    return add_area((yield from ask(WHERE, phrase=phrase, values=values)), area)


def _status_of(found: Mapping[str, Any] | None, places: list[Place]) -> GeocodeStatus:
    """Return how the look-up ended; an answer that contradicts itself counts as an error."""
    try:
        status = GeocodeStatus((found or {}).get("status", "error"))
    except ValueError:
        return GeocodeStatus.ERROR
    needs_places = (GeocodeStatus.EXACT, GeocodeStatus.AMBIGUOUS, GeocodeStatus.POSSIBLE)
    if status in needs_places and not places:
        return GeocodeStatus.REJECTED if status is not GeocodeStatus.EXACT else GeocodeStatus.ERROR
    if status is GeocodeStatus.AMBIGUOUS and len(places) == 1:
        return GeocodeStatus.POSSIBLE
    return status


def _settle_place(
    scene: Scene, words: AddressText, found: Mapping[str, Any] | None, tries: int
) -> Script[Place | Outside]:
    """Return the place for what was looked up, asking when it is not one clear spot."""
    places = read_places(found or {})
    status = _status_of(found, places)
    about = [words.to_json(), tries]
    if status is GeocodeStatus.OUTSIDE:
        return Outside()
    if status is GeocodeStatus.ERROR:
        options = [
            Option(scene.text("report.choice_words"), {"map_down": True}, words=("yes",)),
            Option(scene.text("report.choice_try_again"), {"tries": tries + 1}),
        ]
        values = {"words": write(words)}
        yield from ask(MAP_DOWN, about=about, values=values, options=options)
        return describe(write(words), words)
    if status is GeocodeStatus.REJECTED:
        options = _not_found_options(scene, words, (found or {}).get("suggestions") or [])
        yield from ask(NOT_FOUND, about=about, values={"words": write(words)}, options=options)
        return describe(write(words), words)
    if status is GeocodeStatus.EXACT:
        if places[0].kind is PlaceKind.AREA:
            where = {"street": places[0].label}
            yield from ask(SPOT, about=words.to_json(), phrase="report.ask_spot_in", values=where)
        return places[0]
    return (yield from _choose_place(scene, words, places, status))


def _not_found_options(scene: Scene, words: AddressText, similar: list[Any]) -> list[Option]:
    """Return similar street names to choose from, and the way out without an address."""
    options = []
    if words.cross_streets and is_known_street(words, scene):
        similar = []  # it is the other street that the map lacks
    for name in [str(item) for item in similar if item][: MAX_CHOICES - 1]:
        street = name.title() if name.isupper() else name
        other = replace(words, street=street, place=None)
        other = replace(other, text=write(other))
        options.append(Option(write(other), {"where": other.to_json()}))
    alone = not options and not words.house
    describes = Option(
        scene.text("report.choice_describe"), {"no_address": True}, words=("yes",) if alone else ()
    )
    as_said = Option(scene.text("report.choice_words"), {"not_found": True})
    named = words.place and any(char.isdigit() for char in words.place)  # `PS 321`
    if named or (not words.street and len(words.text.split()) >= _TELLING):
        # They said how to find it already; it need not be typed again.
        return [*options, as_said, describes]
    # A number and street the map lacks may be right all the same.
    return [*options, describes, *([as_said] if words.house or words.cross_streets else [])]


def _choose_place(
    scene: Scene, words: AddressText, places: list[Place], status: GeocodeStatus
) -> Script[Place]:
    """Return the candidate the resident means; several boroughs are asked about by borough."""
    boroughs = list(dict.fromkeys(place.borough for place in places if place.borough))
    by_borough = status is GeocodeStatus.AMBIGUOUS and len(boroughs) > 1
    options = []
    if by_borough:
        for borough in boroughs:
            inside = [place for place in places if place.borough == borough]
            facts = (
                {
                    "which_place": inside[0].to_json(),
                    "chosen": [fold(words.street or ""), borough],
                }
                if len(inside) == 1
                else {"where": replace(words, borough=borough).to_json()}
            )
            options.append(Option(borough, facts))
    else:
        options = [
            Option(place.label, {"which_place": place.to_json()}) for place in places[:MAX_CHOICES]
        ]
    phrase = "report.which_borough" if by_borough else ""
    if len(options) == 1:
        options = [replace(options[0], words=("yes",))]
        phrase = "report.is_it_here"
    none_of_these = Option(scene.text("choice.none"), {}, ("where",), words=("no",))
    return (
        yield from ask(
            WHICH_PLACE,
            about=words.to_json(),
            phrase=phrase,
            values={"words": polish(write(replace(words, borough=None)))},
            options=[*options, none_of_these],
        )
    )
