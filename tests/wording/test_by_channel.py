"""What is said otherwise in a mail: the same laws, and no word of texting left."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from conversations.engine.given import Scene
from conversations.engine.sampling import sample_given
from conversations.wording.catalogue import Catalogue, PhraseError, placeholders
from conversations.wording.checking import find_problems

CATALOGUE = Catalogue.load()
MAIL = CATALOGUE.on("email")
TEXTING = {
    "en": re.compile(r"\btext(s|ed|ing)?\b|\bmsg\b|from this number", re.IGNORECASE),
    "es": re.compile(r"mensaje|de texto|por texto|este teléfono|su plan", re.IGNORECASE),
}
ABOUT_PHONES = {
    *("emergency.self_harm", "emergency.self_harm_still"),
    *("link.ask_sms", "link.choice_sms", "link.prefer_sms", "link.already_sms"),
    *("link.no_sms", "link.no_email", "link.only_email"),
}
"""They tell of a number that takes calls and texts, or of news by text."""


def test_no_law_is_broken() -> None:
    """The phrases of a mail obey the laws of all phrases."""
    assert find_problems(MAIL) == []


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_a_mail_does_not_speak_of_texts(language: str) -> None:
    """No phrase a mail can say speaks of texts, messages to a phone, or what they cost."""
    assert language in TEXTING, f"TEXTING above: how does {language} speak of texting?"
    speaking = [
        key
        for key in sorted(MAIL.keys(language) - ABOUT_PHONES)
        if not isinstance(MAIL.raw(language, key), tuple)
        and TEXTING[language].search(str(MAIL.raw(language, key)))
    ]
    assert speaking == []


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_each_variant_is_of_a_phrase(language: str) -> None:
    """A variant has the key and the placeholders of a phrase, and differs from it."""
    assert MAIL.keys(language) == CATALOGUE.keys(language)
    other = [k for k in MAIL.keys(language) if MAIL.raw(language, k) != CATALOGUE.raw(language, k)]
    assert other
    for key in other:
        shared, said = CATALOGUE.raw(language, key), MAIL.raw(language, key)
        assert placeholders(said) == placeholders(shared), key


def test_other_channels_say_it_as_ever() -> None:
    """A channel without phrases of its own has the shared ones."""
    assert CATALOGUE.on("sms") is CATALOGUE
    assert MAIL.phrase("en", "welcome.thanks", {}) == "You are welcome. Write to me any time."
    assert MAIL.phrase("es", "choice.yes", {}) == CATALOGUE.phrase("es", "choice.yes", {})
    with pytest.raises(PhraseError):
        MAIL.phrase("en", "no.such", {})


def test_what_a_script_says_is_said_as_the_channel_does() -> None:
    """Choices and leads are made while the turn is thought, in the words of its channel."""
    scene = Scene(replace(sample_given({}), channel="email"), "en")
    assert scene.text("report.choice_send") == MAIL.phrase("en", "report.choice_send", {})
    assert scene.text("report.choice_send") != CATALOGUE.phrase("en", "report.choice_send", {})
