"""The checker of phrases finds every breach of its laws."""

from __future__ import annotations

import pytest

from conversations.wording.catalogue import Catalogue
from conversations.wording.checking import find_problems

GOOD = {"a.hello": "Hello {name}.", "a.words": ("x",), "a.choice_yes": "yes"}


@pytest.mark.parametrize(
    ("spanish", "complaint"),
    [
        ({"a.hello": "Hola."}, "other placeholders"),
        ({"a.hello": "Hola {name}!"}, "shouts"),
        ({"a.hello": "Hola  {name}."}, "stray blanks"),
        ({"a.hello": "{name}, escriba CANCEL."}, "carrier's word"),
        ({"a.choice_yes": "stop ya"}, "begins with a carrier's word"),
        ({"a.words": "x"}, "words in one language"),
        ({"a.more": "x"}, "in no other language"),
    ],
)
def test_finds_a_breach(spanish: dict[str, object], complaint: str) -> None:
    """Each kind of breach is named with its language and key."""
    problems = find_problems(Catalogue({"en": GOOD, "es": {**GOOD, **spanish}}))
    assert any(complaint in problem and problem.startswith("es: a.") for problem in problems)


def test_finds_a_missing_phrase() -> None:
    """A phrase that a language lacks is named."""
    spanish = {key: value for key, value in GOOD.items() if key != "a.hello"}
    assert find_problems(Catalogue({"en": GOOD, "es": spanish})) == ["es: a.hello is missing"]


def test_dates_are_the_languages_own() -> None:
    """A date is written as the language does, without exotic blanks; numbers too."""
    catalogue = Catalogue({"en": {"a.d": "{when:date} {n}"}, "es": {"a.d": "{when:date} {n}"}})
    values = {"when": "2025-04-23T15:00:00+00:00", "n": 1234.5}
    assert catalogue.phrase("en", "a.d", values) == "Apr 23, 2025 1,234.5"
    assert catalogue.phrase("es", "a.d", values) == "23 abr 2025 1.234,5"
