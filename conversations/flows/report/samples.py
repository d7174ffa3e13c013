"""Classes of equivalent answers in a report, for exploring every path through it."""

from __future__ import annotations

from conversations.engine.flow import Samples
from conversations.reading.result import Intent, Reading, TypeGuess
from conversations.vocabulary.places import AddressText, Place, PlaceKind

_SURE = TypeGuess("Street Condition", "Pothole", 0.9, "pothole")
_MAYBE = TypeGuess("Street Condition", "Pothole", 0.4, "pothole")
_OTHER = TypeGuess("Street Light Condition", "Street Light Out", 0.35, "street_light")
_DETAILED = TypeGuess("HEAT/HOT WATER", "APARTMENT ONLY", 0.9, "no_heat")
_ADDRESS = AddressText("123 Broadway", house="123", street="Broadway")
_STREET = AddressText("Broadway", street="Broadway")
_AREA = AddressText("Brooklyn", borough="Brooklyn")
_BROOKLYN = Place("123 Broadway, Brooklyn", PlaceKind.ADDRESS, 40.7, -73.9, borough="Brooklyn")
_QUEENS = Place("123 Broadway, Queens", PlaceKind.ADDRESS, 40.8, -73.8, borough="Queens")
_AREA_FOUND = Place("Bushwick, Brooklyn", PlaceKind.AREA, 40.7, -73.9, borough="Brooklyn")


def _report(text: str, *guesses: TypeGuess, address: AddressText | None = None) -> Reading:
    return Reading(text, intent=Intent.REPORT, request_types=guesses, address=address)


def _words(text: str, **facts: object) -> Reading:
    return Reading(text, **facts)  # type: ignore[arg-type]


_NEAR = {
    "request_id": "r9", "status": "Open", "age_days": 3, "followers": 2, "own": False,
}  # fmt: skip

_WHERE = (
    ("an address", _words("123 broadway", address=_ADDRESS)),
    ("a street", _words("broadway", address=_STREET)),
    ("a part of the city", _words("in brooklyn", address=_AREA)),
    ("a name", _words("wyckoff gardens")),
    ("not known", _words("i don't know")),
)
_ANY_WORDS = (("any words", _words("next to the big red church")),)


def _found(status: str, *places: Place, suggestions: tuple[str, ...] = ()) -> dict[str, object]:
    return {
        "status": status,
        "places": [place.to_json() for place in places],
        "suggestions": list(suggestions),
        "boroughs": [place.borough for place in places],
    }


SAMPLES = Samples(
    opening=(
        ("everything", _report("huge pothole at 123 broadway", _SURE, address=_ADDRESS)),
        ("a sure problem", _report("there is a huge pothole", _SURE)),
        ("an unsure problem", _report("the street is dark and broken", _MAYBE, _OTHER)),
        ("a problem with details", _report("no heat in my home", _DETAILED)),
        ("a report of nothing", _report("i want to report")),
    ),
    answers={
        "kind": (
            ("a sure problem", _report("a pothole", _SURE)),
            ("an unsure problem", _report("dark and broken", _MAYBE, _OTHER)),
        ),
        "where": _WHERE,
        "spot": (
            ("a house number", _words("123", number=123)),
            ("not known", _words("i don't know")),
            ("some words", _words("next to the old bank building")),
        ),
        "not_found": (("another address", _words("125 broadway", address=_ADDRESS)), *_ANY_WORDS),
        "description": _ANY_WORDS,
        "apartment": (("any words", _words("4B")),),
        "ongoing": (),
        "name": (("any words", _words("Ana Diaz")),),
        "confirm": (
            ("yes", _words("yes", yes_no="yes")),
            ("no", _words("no", yes_no="no")),
            ("another address", _words("it is at 125 broadway", address=_STREET)),
            ("change name", _words("change the name", change="name")),
        ),
    },
    looks={
        "geocode": (
            ("exact", _found("exact", _BROOKLYN)),
            ("several boroughs", _found("ambiguous", _BROOKLYN, _QUEENS)),
            ("several places", _found("possible", _BROOKLYN, _QUEENS)),
            ("a whole area", _found("exact", _AREA_FOUND)),
            ("rejected", _found("rejected", suggestions=("BROADWAY TERRACE",))),
            ("outside", _found("outside", _BROOKLYN)),
        ),
        "nearby": (("none near", {"found": []}), ("one near", {"found": [_NEAR]})),
    },
)

_CARRIED = {"where": _ADDRESS.to_json()}
SECOND_SAMPLES = Samples(
    carried=(
        ("a second problem", {"second": "street_light", "carried": _CARRIED}),
        ("a problem the city has dropped", {"second": "gone"}),
    )
)
ELSEWHERE_SAMPLES = Samples(
    carried=(("outside", {"carried": {"kind": "pothole"}}),),
    answers={"elsewhere": _WHERE[:3]},
)
