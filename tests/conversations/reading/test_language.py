"""Which language a message is in, and when the text does not tell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.reading.language import LANGUAGES, detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hay un bache en la calle 5", "es"),
        ("no hay agua caliente", "es"),
        ("el ascensor no sirve", "es"),
        ("there is a huge pothole on my street", "en"),
        ("no heat in my apartment", "en"),
        ("gen yon gwo twou nan lari a", "ht"),
        ("jest dziura w ulicy przed moim domem", "pl"),
        ("il y a un trou dans la rue devant chez moi", "fr"),
        ("街道上有一个大坑", "zh"),
        ("На улице большая яма", "ru"),
        ("রাস্তায় একটি বড় গর্ত", "bn"),
        ("길에 큰 구멍이 있어요", "ko"),
        ("هناك حفرة كبيرة في الشارع", "ar"),
        ("سڑک پر بڑا گڑھا ہے", "ur"),
    ],
)
def test_a_plain_sentence_tells_its_language(text: str, language: str) -> None:
    """Short real sentences are recognised whatever the conversation was in."""
    assert detect_language(text, "en") == (language, True)
    assert detect_language(text, "es") == (language, True)


@pytest.mark.parametrize("text", ["si", "Sí", "wi", "tak", "no", "ok", "2", "", "😀", "yes", "oui"])
@pytest.mark.parametrize("fallback", ["en", "es", "ht"])
def test_one_word_never_switches(text: str, fallback: str) -> None:
    """Detectors fail on single words, so the conversation's language stays."""
    assert detect_language(text, fallback) == (fallback, False)


@pytest.mark.parametrize(
    "text",
    [
        "pothole on El Camino Real",
        "noise at La Marqueta in El Barrio",
        "broken light at 12 De La Guerra ave",
        "dirty street on San Fernando",
        "trash at Del Valle Square",
    ],
)
def test_spanish_street_names_do_not_flip(text: str) -> None:
    """An English message with Spanish names in it is not Spanish."""
    assert detect_language(text, "en")[0] == "en"


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_no_text_breaks_the_detector(text: str) -> None:
    """Control characters, lone surrogates and rubbish give an answer, never an error."""
    language, sure = detect_language(text, "en")
    assert language in LANGUAGES
    assert isinstance(sure, bool)
