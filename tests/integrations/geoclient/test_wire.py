"""Reading Geoclient's wire: hostile values, both dialects, one outcome."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.vocabulary.places import AddressText, GeocodeStatus
from integrations.cities import load_city
from integrations.geoclient.adapter import decide
from integrations.geoclient.question import ask
from integrations.geoclient.wire import Found, read_search

CITY = load_city("nyc")
ADDRESS = AddressText("123 Broadway", house="123", street="Broadway")


def outcome(*fields: dict[str, Any], borough: str | None = "Brooklyn") -> Any:
    """Return the decision over responses at level 0."""
    found = [Found("0", "EXACT_MATCH", "address", one) for one in fields]
    return decide(ask(ADDRESS, borough, CITY), found, CITY)


GOOD = {
    "latitude": 40.71,
    "longitude": -73.96,
    "geosupportReturnCode": "00",
    "boroughCode1In": "3",
    "houseNumber": "123",
    "firstStreetNameNormalized": "BROADWAY",
}


def test_the_guides_flat_answer_is_read() -> None:
    """`latitude`, `longitude` and `boroCode` at the top are a place too."""
    (found,) = read_search({"latitude": 40.71, "longitude": -73.96, "boroCode": 3})
    decided = decide(ask(ADDRESS, "Brooklyn", CITY), [found], CITY)
    assert (decided.status, decided.places[0].borough) == (GeocodeStatus.EXACT, "Brooklyn")


def test_a_warning_is_accepted() -> None:
    """Code 01 is a place; a bad second code does not spoil a good first."""
    fields = {**GOOD, "geosupportReturnCode": "01", "geosupportReturnCode2": "42"}
    assert outcome(fields).status is GeocodeStatus.EXACT


def test_outside_the_city_is_outside() -> None:
    """A good answer beyond the bounds is never a place to file for."""
    assert outcome({**GOOD, "latitude": 41.5}).status is GeocodeStatus.OUTSIDE


def test_another_borough_than_asked_is_only_possible() -> None:
    """An upstream that ignores the borough is not believed silently."""
    assert outcome({**GOOD, "boroughCode1In": "1"}).status is GeocodeStatus.POSSIBLE


@pytest.mark.parametrize("value", [True, "nan", "inf", 1e308, None, [], {}, "4" * 99, 91, "x"])
def test_senseless_coordinates_are_no_place(value: Any) -> None:
    """No type and no number that is no latitude becomes one."""
    assert outcome({**GOOD, "latitude": value}).places == ()


def test_control_characters_never_reach_a_label() -> None:
    """Names are cleaned and cut before anybody reads them."""
    name = "BROAD\x00\u202eWAY\n" + "X" * 5000
    (place,) = outcome({**GOOD, "firstStreetNameNormalized": name}).places
    assert place.label.isprintable()
    assert len(place.label) < 120


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["results", "response", "status", "level", "latitude", "longitude", "address"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(body: Any) -> None:
    """Whatever comes is a list of results or a ValueError, nothing else."""
    try:
        found = read_search(body)
    except ValueError:
        return
    decide(ask(ADDRESS, None, CITY), found, CITY)
