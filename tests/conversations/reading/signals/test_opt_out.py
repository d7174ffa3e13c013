"""Who wants no more messages: by law in any reasonable words, and never because of a stop sign."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from conversations.reading.signals.opt_out import is_carrier_word, is_opt_in_word, read_opt_out

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "opt_outs.toml").read_text("utf-8"))
VECTORS = json.loads((HERE.parents[2] / "fixtures/sms_keywords.json").read_text("utf-8"))
TEXTS = [(text, verdict) for verdict, texts in CASES.items() for text in texts]
EXPECTED = {"opt_out": "yes", "normal": "no", "ambiguous_ask_or_opt_out": "ask"}


@pytest.mark.parametrize(("text", "verdict"), TEXTS)
def test_own_examples(text: str, verdict: str) -> None:
    """Clear requests are yes, what may be one is ask, what is about the city is no."""
    assert read_opt_out(text) == verdict


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["body"])
def test_contract_keyword_cases(case: dict[str, str]) -> None:
    """The contract's keyword cases come out as it says."""
    body, expect = case["body"], case["expect"]
    if expect in EXPECTED:
        assert read_opt_out(body) == EXPECTED[expect]
    elif expect == "help":
        assert is_carrier_word(body) == "HELP"
    elif expect == "opt_in":
        assert is_opt_in_word(body, opted_out=False)
    else:
        assert is_opt_in_word(body, opted_out=True)
        assert not is_opt_in_word(body, opted_out=False)


@pytest.mark.parametrize("word", VECTORS["carrier_keywords"]["opt_out"])
@pytest.mark.parametrize("shape", ["{}", "{}.", " {} \n", "“{}”", "{}!!!"])
def test_every_carrier_word_in_every_dress(word: str, shape: str) -> None:
    """Case, blanks and punctuation around a carrier's word change nothing."""
    text = shape.format(word)
    assert is_carrier_word(text) == "STOP"
    assert is_carrier_word(text.lower()) == "STOP"
    assert read_opt_out(text) == "yes"


@pytest.mark.parametrize(
    "word",
    [
        "退订",
        "стоп",
        "বন্ধ করুন",
        "sispann",
        "수신거부",
        "توقف",
        "بند کریں",
        "arrêtez",
        "przestań",
        "ALTO",
    ],
)
def test_each_language_has_its_word(word: str) -> None:
    """One word is enough in each of the eleven languages."""
    assert read_opt_out(word) == "yes"


def test_full_width_and_invisible_letters_do_not_hide_a_stop() -> None:
    """A phone that types full-width letters can still opt out."""
    assert is_carrier_word("ＳＴＯＰ") == "STOP"
    assert is_carrier_word("ST\u200bOP") == "STOP"


def test_a_longer_text_is_no_carrier_word() -> None:
    """Only the whole message counts for the carrier."""
    assert is_carrier_word("stop please") is None
    assert is_carrier_word("help with trash") is None
