"""MapboxAdapter against its twin: both versions, its refusals, and what may be kept."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from conversations.vocabulary.places import AddressText, GeocodeStatus
from integrations.cities import load_city
from integrations.kit.errors import AdapterError
from integrations.kit.sandbox.world import DEFAULTS
from integrations.mapbox.adapter import MapboxAdapter
from tests.integrations.twins import Stage, open_stage

CITY = load_city("nyc")
ADDRESS = AddressText("123 Broadway", house="123", street="Broadway")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A fresh twin."""
    async with open_stage("mapbox") as made:
        yield made


def adapter(stage: Stage, token: str = DEFAULTS["mapbox_token"], **more: Any) -> MapboxAdapter:
    """Return the adapter for the twin."""
    return MapboxAdapter(stage.caller, f"http://twin/{stage.provider}", token, **more)


@pytest.mark.parametrize("version", ["v6", "v5"])
@pytest.mark.parametrize("permanent", [True, False])
async def test_both_versions_find_the_house(stage: Stage, version: Any, permanent: bool) -> None:
    """House and street are compared, borough and ZIP read."""
    geocoder = adapter(stage, version=version, permanent=permanent)
    found = await geocoder.geocode(ADDRESS, "Brooklyn", CITY)
    assert found.status is GeocodeStatus.EXACT
    assert (found.places[0].label, found.places[0].zip) == ("123 Broadway, Brooklyn", "11249")


async def test_a_guess_is_not_taken(stage: Stage) -> None:
    """A low confidence hit on another street is rejected."""
    address = AddressText("", house="125", street="wort st")
    found = await adapter(stage).geocode(address, "Manhattan", CITY)
    assert found.status is GeocodeStatus.REJECTED


async def test_a_wrong_token_is_refused(stage: Stage) -> None:
    """401 is an error, and the token is in no text of it."""
    with pytest.raises(AdapterError) as caught:
        await adapter(stage, token="pk.secret").geocode(ADDRESS, None, CITY)
    assert caught.value.status == 401
    assert "pk.secret" not in f"{caught.value!r} {caught.value}"
