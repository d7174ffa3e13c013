"""Slips of the pen in words of danger are put right; words spelled right are left alone."""

from __future__ import annotations

import pytest

from conversations.reading.signals.emergency import read_emergency
from conversations.reading.signals.spelling import mend


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        (" fier in the hallwya ", " fire in the hallway "),
        (" cant breeth ", " cant breath "),
        (" esta inconsiente ", " esta inconsciente "),
        (" my husban is chocking ", " my husband is chocking "),
        (" he was stabbbed ", " he was stabbed "),
    ],
)
def test_a_slip_is_put_right(line: str, mended: str) -> None:
    """A swap, one letter, in long words two, are forgiven."""
    assert mend(line) == mended


@pytest.mark.parametrize(
    "line",
    [
        " mosquitoes breeding in the puddle ",
        " a sign attached to the pole ",
        " neighbors shouting in the hall ",
        " sparkling water on the stoop ",
        " the heating is fine ",
        " 5 main st ",
        " дом ",
    ],
)
def test_what_is_spelled_right_is_left_alone(line: str) -> None:
    """A harmless word one letter away from a danger stays what it is."""
    assert mend(line) == line


@pytest.mark.parametrize(
    "text",
    ["there is a fier in my kichen", "hes unconcsious", "an explotion just now", "ay un insendio"],
)
def test_a_misspelled_danger_is_seen(text: str) -> None:
    """Whoever is in a hurry gets the advice all the same."""
    assert read_emergency(text) == "emergency"
