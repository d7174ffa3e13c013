"""A hunch of danger finds wordings no rule foresees, and stays calm about the rest."""

from __future__ import annotations

import pytest

from conversations.reading.signals.emergency import find_by_rules, meant_concepts, read_emergency
from conversations.reading.signals.hunch import LONGEST, features, has_hunch
from conversations.reading.signals.patterns import read_words

TEXT = "he took a bunch of xanax and drank"


def test_what_no_rule_foresees_is_found() -> None:
    """The rules are silent, the hunch is not."""
    assert find_by_rules(TEXT) is None
    assert read_emergency(TEXT) == "emergency"


@pytest.mark.parametrize(
    "text",
    ["no heat", "the light flickers at night", "My character wants to end my life in a story"],
)
def test_calm_texts_stay_calm(text: str) -> None:
    """Short reports and stories are no hunch."""
    assert not has_hunch(f" {text.lower()} ", meant_concepts)


def test_long_texts_are_left_to_the_rules() -> None:
    """A story of many words tells enough; weighing it would be guessing."""
    line = f" {TEXT} {'word ' * LONGEST}"
    assert has_hunch(f" {TEXT} ", meant_concepts)
    assert not has_hunch(line, meant_concepts)


def test_features_name_words_pairs_and_concepts() -> None:
    """The training script and the reader must see the same in a text."""
    found = set(features(" he fell ", meant_concepts))
    assert {"w:fell", "b:he fell", "b:^ he", "b:fell $", "c:falls"} <= found


def test_the_weights_speak_of_concepts_that_exist() -> None:
    """A concept renamed in the word lists needs the weights counted anew."""
    from conversations.reading.signals.emergency import _sense

    names = {name[2:] for name in read_words("danger_weights")["weights"] if name[:2] == "c:"}
    assert names <= _sense().names
