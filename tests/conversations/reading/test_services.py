"""The services of New York: short plain titles, known questions, the city's own names."""

from __future__ import annotations

import pytest

from conversations.flows.report.details import DETAILS
from conversations.vocabulary.requests import RequestType
from integrations.cities import load_city

CITY = load_city("nyc")
QUESTIONS = set(DETAILS)
LONGEST_TITLE = 32


@pytest.mark.parametrize("kind", CITY.request_types.values(), ids=lambda kind: kind.key)
def test_a_service_is_told_in_short_plain_words(kind: RequestType) -> None:
    """Titles fit a text message, stand inside a sentence, and exist in both languages."""
    for language in ("en", "es"):
        title = kind.titles.get(language, "")
        assert title, f"{kind.key} has no titles.{language} in services.toml"
        assert 0 < len(title) <= LONGEST_TITLE
        assert not title.endswith(".")
        assert title[0].islower() or title.split()[0].isupper() or title.startswith("LinkNYC")
    assert set(kind.asks) <= QUESTIONS, f"{kind.key} asks what no question of the report is"
    assert kind.agency.isupper()


def test_titles_tell_services_apart() -> None:
    """No two services of the pack have the same title in one language."""
    for language in ("en", "es"):
        titles = [kind.title(language) for kind in CITY.request_types.values()]
        assert len(set(titles)) == len(titles)
