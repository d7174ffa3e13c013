"""GeosearchAdapter against its twin and against Pelias' habit of guessing."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from conversations.vocabulary.places import AddressText, GeocodeStatus
from integrations.cities import load_city
from integrations.geosearch.adapter import GeosearchAdapter
from integrations.geosearch.wire import parse_search
from integrations.kit.calls import Answer
from tests.integrations.twins import Stage, open_stage

CITY = load_city("nyc")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A fresh twin."""
    async with open_stage("geosearch") as made:
        yield made


def adapter(stage: Stage) -> GeosearchAdapter:
    """Return the adapter for the twin."""
    return GeosearchAdapter(stage.caller, stage.url("v2"))


async def test_an_address_is_exact(stage: Stage) -> None:
    """House, street and borough fit: one place."""
    address = AddressText("123 Broadway", house="123", street="Broadway")
    found = await adapter(stage).geocode(address, "Brooklyn", CITY)
    assert (found.status, found.places[0].label) == (
        GeocodeStatus.EXACT,
        "123 Broadway, Brooklyn",
    )


async def test_several_boroughs_are_ambiguous(stage: Stage) -> None:
    """Without borough the choice is offered."""
    address = AddressText("123 Broadway", house="123", street="Broadway")
    found = await adapter(stage).geocode(address, None, CITY)
    assert found.status is GeocodeStatus.AMBIGUOUS
    assert "Brooklyn" in found.boroughs


async def test_other_streets_are_not_believed(stage: Stage) -> None:
    """A street nobody has is answered with fallback features and rejected by us."""
    address = AddressText("", house="125", street="wort st")
    found = await adapter(stage).geocode(address, "Manhattan", CITY)
    assert (found.status, found.places) == (GeocodeStatus.REJECTED, ())


async def test_faces_of_the_original(stage: Stage) -> None:
    """v1 is gone, other methods are forbidden, an empty text is 400."""
    assert (await stage.http.get(stage.url("v1/search"))).status_code == 410
    assert (await stage.http.post(stage.url("v2/search"))).status_code == 403
    assert (await stage.http.get(stage.url("v2/search"))).status_code == 400


@pytest.mark.parametrize(
    "feature",
    [
        None,
        {},
        {"geometry": {"coordinates": ["a", "b"]}, "properties": {}},
        {"geometry": {"coordinates": [500, 500]}, "properties": {}},
        {"geometry": {"coordinates": [1]}, "properties": {}},
        {"geometry": [], "properties": []},
    ],
)
def test_senseless_features_are_left_out(feature: Any) -> None:
    """A feature without point or properties is no feature."""
    body = orjson.dumps({"type": "FeatureCollection", "features": [feature]})
    assert parse_search(Answer(200, {}, body)).count == 0
