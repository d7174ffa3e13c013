"""SMS segments: the contract's vectors, and what a cut must never split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.reading.graphemes import split_graphemes
from conversations.reading.segments import count_segments, is_gsm7, to_gsm7_friendly

FIXTURE = Path(__file__).parents[2] / "fixtures/sms_segments.json"
VECTORS = json.loads(FIXTURE.read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda case: case["name"])
def test_contract_vectors(case: dict[str, object]) -> None:
    """Every text of the contract counts as the carrier's calculator counts it."""
    counted = count_segments(str(case["body"]), bool(case["smart_encoding"]))
    assert (counted.encoding, counted.segments, counted.characters) == (
        case["encoding"],
        case["segments"],
        case["characters"],
    )


def test_the_smart_map_is_the_carriers() -> None:
    """All 271 characters of the carrier's map are written as it writes them."""
    for char, plain in VECTORS["smart_encoding_map"].items():
        assert to_gsm7_friendly(char) == plain


LIMITS = {"a": [160, 306, 459], "|": [80, 152], "á": [70, 134, 201], "😀": [35, 66]}


@pytest.mark.parametrize(
    ("char", "full"), [(char, full) for char, fulls in LIMITS.items() for full in enumerate(fulls)]
)
def test_the_limits(char: str, full: tuple[int, int]) -> None:
    """160 and 153 septets, 70 and 67 units; extension characters and pairs cost two."""
    index, count = full
    assert count_segments(char * count).segments == index + 1
    assert count_segments(char * (count + 1)).segments == index + 2


def test_a_surrogate_pair_moves_whole_to_the_next_segment() -> None:
    """An emoji on the border of a segment is not cut in two."""
    assert count_segments("ч" * 66 + "😀" + "ч" * 65).segments == 2
    assert count_segments("ч" * 66 + "😀" + "ч" * 66).segments == 3


def test_plain_spanish_punctuation_is_gsm7_and_accents_are_not() -> None:
    """The letters that make a text expensive are known before it is sent."""
    assert is_gsm7("¿Qué? ¡El niño, café!")
    assert not is_gsm7("está")


@given(st.text(max_size=200))
def test_graphemes_are_the_text_again(text: str) -> None:
    """Splitting loses and adds nothing."""
    assert "".join(split_graphemes(text)) == text


@given(st.text(max_size=400))
def test_any_text_can_be_counted(text: str) -> None:
    """No text raises, and none costs nothing."""
    assert count_segments(text).segments >= 1
