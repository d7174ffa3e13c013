"""Names made comparable."""

from __future__ import annotations

import pytest

from conversations.reading.where.names import normalise_street
from conversations.reading.where.spanish import say_in_english


@pytest.mark.parametrize(
    ("one", "other"),
    [("W 42nd St.", "WEST 42 STREET"), ("5th av", "5 AVENUE"), ("Fifth Avenue", "5 AVENUE"),
     ("quinta avenida", "5 AVENUE"), ("calle 42", "42 STREET"), ("St Nicholas Ave",
     "SAINT NICHOLAS AVENUE"), ("saint nicholas av", "SAINT NICHOLAS AVENUE"),
     ("Dr M L King Jr Blvd", "DOCTOR M L KING JUNIOR BOULEVARD"), ("Ocean Dr", "OCEAN DRIVE"),
     ("ft washington ave", "FORT WASHINGTON AVENUE"), ("7 Ave S", "7 AVENUE SOUTH"),
     ("Ave M", "AVENUE M"), ("", "")],
)  # fmt: skip
def test_normalise_street(one: str, other: str) -> None:
    """Spellings of one street become equal."""
    assert normalise_street(one) == other
    assert normalise_street(other) == other


@pytest.mark.parametrize(
    ("typed", "said"),
    [("calle 42", "42 Street"), ("avenida Lexington", "Lexington Avenue"), ("avenida C",
     "Avenue C"), ("quinta avenida", "5 Avenue"), ("Calle de la Grand", "Grand Street"),
     ("W 42nd St", "W 42nd St"), ("Broadway", "Broadway"), ("calle Grand Concourse",
     "Grand Concourse")],
)  # fmt: skip
def test_say_in_english(typed: str, said: str) -> None:
    """Only a Spanish type is turned; everything else stays as typed."""
    assert say_in_english(typed) == said
