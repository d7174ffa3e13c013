"""Every phrase in every language: complete, same placeholders, no carrier word, two segments."""

from __future__ import annotations

import itertools

import pytest

from conversations.engine.given import Scene
from conversations.engine.registry import discover_flows
from conversations.engine.sampling import sample_given
from conversations.reading.segments import count_segments
from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import (
    LIMITS,
    Catalogue,
    PhraseError,
    _flatten,
    placeholders,
)
from conversations.wording.checking import find_problems
from conversations.wording.cleaning import clean, lighten, shorten
from conversations.wording.fitting import compose
from integrations.cities import load_city

CATALOGUE = Catalogue.load()
NYC = load_city("nyc")
LANGUAGES = CATALOGUE.languages
LONGEST_PLACE = "Martin Luther King Jr Boulevard & Rev Dr Clarence Norman Sr Place, Staten Island"
CHOICES = {
    "report.confirm": ("choice_send", "choice_send_quietly", "choice_what", "choice_where"),
    "report.map_down": ("choice_words", "choice_try_again"),
    "followup.closed": ("choice_fixed", "choice_not_fixed"),
    "followup.case_resolved": ("choice_settled", "choice_not_settled"),
    "followup.question_resolved": ("choice_settled", "choice_not_settled"),
    "followup.rate": ("choice_1", "choice_2", "choice_3", "choice_4", "choice_5"),
}


def _longest_title(language: str) -> str:
    return max((item.title(language) for item in NYC.request_types.values()), key=len)


def _values(language: str) -> dict[str, object]:
    """Return the longest real value of every placeholder."""
    hours = NYC.phone_hours.get(language) or next(iter(NYC.phone_hours.values()))
    return {
        "title": _longest_title(language).capitalize(),
        "place": LONGEST_PLACE,
        "words": LONGEST_PLACE,
        "house": "12345-67",
        "block": "12300",
        "photo": str(CATALOGUE.raw(language, "report.photo_helps")),
        "street": "Martin Luther King Jr Boulevard",
        "extras": "x " * 60,
        "name": "Maximiliana Montgomery-Fitzgerald",
        "number": "NYC311-2025-0423-1234567",
        "resolution": "The Department of Transportation inspected the condition. " * 6,
        "reason": "A crew of the Department of Transportation filled the hole. " * 6,
        "sentence": max(
            (
                str(CATALOGUE.raw(language, key))
                for key in CATALOGUE.keys(language)
                if "sentence" in key
            ),
            key=len,
        ),
        "received": "Nov 23 12:59 PM",
        "sent": "Nov 23 12:59 PM",
        "agency": max((item.agency for item in NYC.request_types.values()), key=len),
        "phone": "212-639-9675",
        "website": NYC.website,
        "city": NYC.short_name,
        "hours": hours,
        "since": "2026-09-30T10:30:00-04:00",
        "when": "2026-09-30T10:30:00-04:00",
        "where": "a.resident.with.a.long.name@mail.example.org",
        "code": "123456",
        "danger": "911",
        "crisis": "988",
        "go_on": str(CATALOGUE.raw(language, "emergency.go_on")),
        "link": "https://portal.311.nyc.gov/article/?kanumber=KA-01234&language=en-US",
        "packet": "p " * 100,
        "n": 10,
        "digest": f"{_longest_title(language)}, {LONGEST_PLACE} " * 3,
        "age": CATALOGUE.phrase(language, "report.age", {"n": 29}),
        "others": CATALOGUE.phrase(language, "report.others_follow", {"n": 10}),
        "more": CATALOGUE.phrase(language, "followup.digest_more", {"n": 10}),
    }


def _phrases(language: str) -> list[str]:
    return sorted(
        key
        for key in CATALOGUE.keys(language)
        if not isinstance(CATALOGUE.raw(language, key), tuple)
    )


def test_no_law_is_broken() -> None:
    """Nothing is missing, no placeholder differs, no carrier's word is offered."""
    assert find_problems(CATALOGUE) == []


def test_both_languages_are_there() -> None:
    """English and Spanish are complete from the first day."""
    assert {"en", "es"} <= set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "key"), [(code, key) for code in LANGUAGES for key in _phrases(code)]
)
def test_fits_two_segments(language: str, key: str) -> None:
    """With the longest real values and its choices a phrase takes two segments at most."""
    folder = key.partition(".")[0]
    choices = tuple(
        CATALOGUE.phrase(language, f"{folder}.{name}", {}) for name in CHOICES.get(key, ())
    )
    text = CATALOGUE.text(language, Say(key, _values(language), choices))
    assert count_segments(text).segments <= 2, text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("title", sorted(NYC.request_types))
def test_read_back_of_every_type_fits(language: str, title: str) -> None:
    """The read-back with its consent line fits for each request type of New York."""
    values = {**_values(language), "title": NYC.request_types[title].title(language)}
    choices = tuple(
        CATALOGUE.phrase(language, f"report.{name}", {}) for name in CHOICES["report.confirm"]
    )
    lead = {"lead": CATALOGUE.phrase(language, "correction.done", {})}
    text = CATALOGUE.text(language, Say("report.confirm", {**values, **lead}, choices))
    assert count_segments(text).segments <= 2, text
    assert all(choice.split()[0] in text for choice in choices)


@pytest.mark.parametrize("language", LANGUAGES)
def test_told_and_asked_together_fit(language: str) -> None:
    """Help, a person or a list of requests before the short form of any question fits too."""
    values = _values(language)
    briefs = {
        question.brief
        for flow in discover_flows().values()
        for question in flow.questions
        if question.brief
    }
    told = [
        [Say("help.text", values)],
        [Say("person.closed", values)],
        [Say("person.closed_until", values)],
        [Say("status.line", values)] * 5,
    ]
    for says, brief in itertools.product(told, sorted(briefs)):
        text = compose(CATALOGUE, language, [*says, Say(brief, values, asks=True)])
        assert count_segments(text).segments <= 2, text
        assert text.splitlines()[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tracking_number_is_told_beside_a_read_back(language: str) -> None:
    """A number that comes in the turn of another question is told; long places make room."""
    values = {**_values(language), "title": NYC.request_types["heat"].title(language), "extras": ""}
    choices = tuple(
        CATALOGUE.phrase(language, f"report.{name}", {}) for name in CHOICES["report.confirm"]
    )
    question = Say("report.confirm", values, choices, asks=True)
    text = compose(CATALOGUE, language, [Say("followup.filed", values), question])
    assert count_segments(text).segments <= 2, text
    assert str(values["number"]) in text
    assert all(choice in lighten(text) for choice in map(lighten, choices))


def test_a_place_in_another_script_still_fits() -> None:
    """A place typed in Chinese does not push the choices out of the message."""
    values = {**_values("en"), "place": "布鲁克林百老汇一百二十三号学校后面的小路上" * 3}
    choices = tuple(
        CATALOGUE.phrase("en", f"report.{name}", {}) for name in CHOICES["report.confirm"]
    )
    text = CATALOGUE.text("en", Say("report.confirm", values, choices))
    assert count_segments(text).segments <= 2
    assert "4 change where" in text


def test_values_from_outside_are_tamed() -> None:
    """Control characters, line breaks and odd blanks of a value never reach a message."""
    text = CATALOGUE.phrase(
        "en", "status.not_found", {"number": "A\nB\u202f\u0000C", "phone": "311"}
    )
    assert "A B C" in text


def test_plurals_and_dates_are_the_languages_own() -> None:
    """Babel chooses the plural form."""
    assert CATALOGUE.phrase("en", "report.extra_photos", {"n": 1}) == "With 1 photo."
    assert CATALOGUE.phrase("es", "report.extra_photos", {"n": 2}) == "Con 2 fotos."


def test_a_missing_phrase_is_an_error_and_a_missing_language_is_english() -> None:
    """A language without a phrase falls back to English; a phrase nobody has is a defect."""
    assert CATALOGUE.phrase("pl", "choice.yes", {}) == "yes"
    with pytest.raises(PhraseError):
        CATALOGUE.phrase("en", "no.such", {})


def test_cleaning() -> None:
    """Typography becomes plain, accents go only where asked, long words are cut between words."""
    assert clean("a\u00a0\u201cb\u201d \u2013 c\u2026") == 'a "b" - c...'
    assert lighten("dirección mañana é") == "direccion mañana é"
    assert shorten("one two three four", 12) == "one two..."
    assert len(shorten("x" * 50, 20)) == 20


def test_every_placeholder_has_a_longest_value() -> None:
    """The length test above knows every placeholder there is."""
    known = set(_values("en")) | {"lead"}
    for key in _phrases("en"):
        strange = placeholders(CATALOGUE.raw("en", key)) - known
        assert not strange, f"{key}: no longest value for {sorted(strange)}; see _values above"
    assert set(LIMITS) <= known


def test_a_phrase_below_a_plural_table_is_named() -> None:
    """A line at the end of a file belongs to the last table; plural forms do not take it in."""
    with pytest.raises(PhraseError, match=r"report\.photos: 'thanks' is no plural form"):
        _flatten("report", {"photos": {"one": "a", "other": "b", "thanks": "c"}}, {})


def test_scene_words_and_titles() -> None:
    """A script names an unknown request type by a neutral word."""
    scene = Scene(sample_given({}), "es")
    assert scene.title("pothole") == "pothole"
    assert scene.title("gone") == "su reporte"
