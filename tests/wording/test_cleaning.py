"""Values from outside that a resident is shown: nothing unseen, nothing that turns the text."""

from __future__ import annotations

import pytest

from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import Catalogue
from conversations.wording.cleaning import clean_value

UNSEEN = (
    *range(0x20), 0x7F, *range(0x80, 0xA0), 0xAD, 0x61C, *range(0x200B, 0x2010),
    *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xD800, 0xDFFF, 0xE0041,
)  # fmt: skip


@pytest.mark.parametrize("code", UNSEEN, ids=hex)
def test_nothing_unseen_reaches_a_resident(code: int) -> None:
    """Controls, overrides, isolates, tags and halves of characters are gone, words stay."""
    character = chr(code)
    shown = clean_value(f"NYC311{character}2026")
    assert character not in shown or character == " "
    assert shown.replace(" ", "") == "NYC3112026"


@pytest.mark.parametrize(
    "words",
    ["{number} {0.__class__}", "%s %(x)s", "$x ${x}", "\\N{BULLET}", "<b>x</b> &amp;", "]]>--"],
)
def test_a_value_is_never_a_pattern(words: str) -> None:
    """What the city answers is put in as it is: it fills no gap and opens no attribute."""
    said = Catalogue.load().text("en", Say("status.resolution", {"resolution": words}))
    assert said == f"The city says: {words}"
