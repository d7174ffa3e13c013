"""Values from outside that a resident is shown: nothing unseen, nothing that turns the text."""

from __future__ import annotations

import pytest

from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import Catalogue
from conversations.wording.cleaning import clean_upstream, clean_value

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


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("The crew filled the hole.", "The crew filled the hole."),
        ("See https://portal.311.nyc.gov/x?id=1 for more.",
         "See https://portal.311.nyc.gov/x?id=1 for more."),
        ("See nyc.gov/dsny.", "See nyc.gov/dsny."),
        ("Pay at https://evil.example/nyc.gov now", "Pay at now"),
        ("Pay at https://nyc.gov@evil.example now", "Pay at now"),
        ("Pay at https://nyc.gov.evil.example now", "Pay at now"),
        ("Pay at https://nyc.gov\\@evil.example now", "Pay at now"),
        ("Pay at evil.example/x or (bit.ly/a).", "Pay at or"),
        ("Pay at evil\u3002com or EVIL.COM", "Pay at or"),
        ("Pay at notnyc.gov", "Pay at"),
        ("Pay here:https://evil.example,thanks", "Pay"),
        ("write mailto:a@evil.example or a@evil.example", "write or"),
        ("javascript:alert(1) tel:+19005551234 x", "x"),
        ("go to 1.2.3.4/a or http://[::1]/ now", "go to or now"),
        ("call 1-900-555-1234 now", "call now"),
        ("Repaired.It is done.", "Repaired. It is done."),
        ("Closed at 3.30 p.m. on 4/5. Width 3.5 in, e.g. fine",
         "Closed at 3.30 p.m. on 4/5. Width 3.5 in, e.g. fine"),
        ("call 718-555-0100\r\nor 311\x00\u202e", "call 718-555-0100 or 311"),
        ("https://evil.example", ""),
    ],
)  # fmt: skip
def test_links_lead_to_the_citys_own_hosts(written: str, shown: str) -> None:
    """What a city's system writes keeps its words and the city's own links, and no others."""
    assert clean_upstream(written, ("nyc.gov",)) == shown


def test_a_text_of_the_city_is_not_endless() -> None:
    """However long it is, what is shown is not, and finding that out takes no time."""
    assert len(clean_upstream("word " * 800, ("nyc.gov",))) <= 400
    assert clean_upstream("a." * 2000, ("nyc.gov",))[:2] in ("", "a.")
