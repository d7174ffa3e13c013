"""GeoclientAdapter against its twin: every kind of place, every kind of no."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from conversations.vocabulary.places import AddressText, GeocodeStatus, PlaceKind
from integrations.cities import load_city
from integrations.geoclient.adapter import GeoclientAdapter
from integrations.kit.errors import AdapterError
from integrations.kit.sandbox.faults import Fault
from integrations.kit.sandbox.world import DEFAULTS
from tests.integrations.twins import Stage, open_stage

CITY = load_city("nyc")
KEY = DEFAULTS["geoclient_app_key"]
FACES: dict[str, dict[str, Any]] = {
    "v1": {"app_id": DEFAULTS["geoclient_app_id"], "app_key": KEY},
    "v1-input": {"app_id": DEFAULTS["geoclient_app_id"], "app_key": KEY, "query_param": "both"},
    "v2": {
        "version": "v2",
        "auth": "header_subscription_key",
        "subscription_key": KEY,
        "query_param": "input",
    },
}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A fresh twin."""
    async with open_stage("geoclient") as made:
        yield made


def adapter(stage: Stage, face: str = "v1") -> GeoclientAdapter:
    """Return an adapter for one face of the twin."""
    return GeoclientAdapter(stage.caller, stage.url(face[:2]), **FACES[face])


def house(number: str, street: str, **more: Any) -> AddressText:
    """Return a typed street address."""
    return AddressText(f"{number} {street}", house=number, street=street, **more)


@pytest.mark.parametrize("face", FACES)
async def test_an_address_with_its_borough_is_exact(stage: Stage, face: str) -> None:
    """Both versions, keys and parameter names give the one place, with a label for people."""
    found = await adapter(stage, face).geocode(house("123", "broadway"), "Brooklyn", CITY)
    assert found.status is GeocodeStatus.EXACT
    (place,) = found.places
    assert place.label == "123 Broadway, Brooklyn"
    assert (place.borough, place.zip, place.kind) == ("Brooklyn", "11249", PlaceKind.ADDRESS)
    assert 40.70 < place.latitude < 40.72 and -73.98 < place.longitude < -73.95


async def test_no_borough_never_becomes_manhattan(stage: Stage) -> None:
    """A street of several boroughs gives all of them to choose from."""
    found = await adapter(stage).geocode(house("123", "Broadway"), None, CITY)
    assert found.status is GeocodeStatus.AMBIGUOUS
    assert {"Manhattan", "Brooklyn"} <= set(found.boroughs)
    assert len(found.places) == len(found.boroughs)


async def test_the_trap_is_real(stage: Stage) -> None:
    """The twin itself, asked plainly, answers Manhattan alone, as the real one does."""
    params = {"input": "123 Broadway", **FACES["v1"]}
    answer = (await stage.http.get(stage.url("v1/search.json"), params=params)).json()
    (only,) = answer["results"]
    assert only["status"] == "EXACT_MATCH"
    assert only["response"]["firstBoroughName"] == "MANHATTAN"


async def test_a_street_of_one_borough_needs_no_borough(stage: Stage) -> None:
    """Where only one borough has the street the place is exact without asking."""
    found = await adapter(stage).geocode(house("57", "Bay St"), None, CITY)
    assert [place.label for place in found.places][-1] == "57 Bay Street, Staten Island"
    found = await adapter(stage).geocode(house("36-19", "30 Ave", place="Astoria"), None, CITY)
    assert (found.status, found.places[0].borough) == (GeocodeStatus.EXACT, "Queens")


PLACES = [
    (AddressText("", street="broadway", cross_streets=("w 100 st",)), "intersection"),
    (AddressText("", street="broadway", cross_streets=("w 100 st", "w 101 st")), "block"),
    (AddressText("", place="Empire State Building"), "landmark"),
]


@pytest.mark.parametrize(("address", "kind"), PLACES)
async def test_corners_blocks_and_places(stage: Stage, address: AddressText, kind: str) -> None:
    """What is no house number is found as what it is, in Manhattan."""
    found = await adapter(stage).geocode(address, None, CITY)
    assert found.status is GeocodeStatus.EXACT
    assert (found.places[0].kind.value, found.places[0].borough) == (kind, "Manhattan")


async def test_a_misspelt_street_is_offered_not_taken(stage: Stage) -> None:
    """`wort st` gives Worth Street first, as a possibility."""
    found = await adapter(stage).geocode(house("125", "wort st"), "Manhattan", CITY)
    assert found.status is GeocodeStatus.POSSIBLE
    assert found.places[0].label == "125 Worth Street, Manhattan"
    assert not found.places[0].exact
    assert found.suggestions[0] == "Worth Street"


@pytest.mark.parametrize("number", ["99999", "0"])
async def test_a_number_out_of_range_is_rejected(stage: Stage, number: str) -> None:
    """Code 42 comes with HTTP 200 and is no place."""
    found = await adapter(stage).geocode(house(number, "Broadway"), "Manhattan", CITY)
    assert (found.status, found.places) == (GeocodeStatus.REJECTED, ())


@pytest.mark.parametrize(
    "kind", ["status", "timeout", "reset", "garbage", "cut", "commit_then_garbage"]
)
async def test_faults_are_errors_not_answers(stage: Stage, kind: str) -> None:
    """Whatever goes wrong on the way is an `AdapterError`."""
    stage.world.faults.add(Fault("geoclient", kind, seconds=0.01))
    with pytest.raises(AdapterError):
        await adapter(stage).geocode(house("1", "Broadway"), "Manhattan", CITY)


async def test_keys_pace_and_quota(stage: Stage) -> None:
    """No key and a wrong key are 401 with different texts; then 429 with a wait, then 403."""
    url = stage.url("v2/search")
    none = await stage.http.get(url, params={"input": "x"})
    wrong = await stage.http.get(url, params={"input": "x", "subscription-key": "no"})
    assert (none.status_code, wrong.status_code) == (401, 401)
    assert none.json()["message"] != wrong.json()["message"]
    right = {"input": "x", "subscription-key": KEY}
    await stage.http.post(stage.url("_control"), json={"calls": 1, "quota_daily": 1})
    statuses = [(await stage.http.get(url, params=right)).status_code for _ in range(2)]
    assert statuses == [200, 429]
    stage.world.advance(61)
    assert (await stage.http.get(url, params=right)).status_code == 403


async def test_missing_parameters_are_400(stage: Stage) -> None:
    """The original's messages, its glued word included."""
    params = {"subscription-key": KEY, "street": "broadway", "houseNumber": "1"}
    answer = await stage.http.get(stage.url("v2/address"), params=params)
    assert answer.status_code == 400
    assert answer.json()["message"].endswith("boroughzip")
    search = await stage.http.get(stage.url("v2/search"), params={"subscription-key": KEY})
    assert search.status_code == 400


async def test_wire_habits_of_the_original(stage: Stage) -> None:
    """Numbers only for coordinates, no nulls, `STATEN IS`, double blanks, a BIN that resolves."""
    params = {"subscription-key": KEY, "input": "57 bay st staten island"}
    fields = (await stage.http.get(stage.url("v2/search"), params=params)).json()["results"][0][
        "response"
    ]
    numbers = {name for name, value in fields.items() if not isinstance(value, str)}
    assert numbers <= {"latitude", "longitude", "latitudeInternalLabel", "longitudeInternalLabel"}
    assert fields["firstBoroughName"] == "STATEN IS"
    params["input"] = "314 w 100 st manhattan"
    fields = (await stage.http.get(stage.url("v2/search"), params=params)).json()["results"][0][
        "response"
    ]
    assert fields["firstStreetNameNormalized"] == "WEST  100 STREET"


async def test_the_twin_answers_in_time(stage: Stage) -> None:
    """A warm search over all boroughs costs a tenth of a second at most (S7 allows one)."""
    geocoder = adapter(stage)
    await geocoder.geocode(house("1", "Broadway"), None, CITY)
    began = time.process_time()
    for number in range(10):
        await geocoder.geocode(house(str(100 + number), "Broadwy"), "Queens", CITY)
    assert (time.process_time() - began) / 10 < 0.1


async def test_a_left_out_direction_is_no_other_borough(stage: Stage) -> None:
    """`5 Ave and 42 St` is a corner of Brooklyn and of Manhattan: both are offered, each once."""
    address = AddressText("", street="5th ave", cross_streets=("42nd st",))
    found = await adapter(stage).geocode(address, None, CITY)
    assert found.status is GeocodeStatus.AMBIGUOUS
    assert set(found.boroughs) == {"Manhattan", "Brooklyn"}
    assert len(found.places) == 2
    sure = await adapter(stage).geocode(address, "Manhattan", CITY)
    assert sure.status is GeocodeStatus.EXACT


async def test_a_bare_street_gets_no_other_names(stage: Stage) -> None:
    """A street without number is rejected with the boroughs it is in, not with other streets."""
    found = await adapter(stage).geocode(AddressText("", street="Main St"), None, CITY)
    assert (found.status, found.suggestions) == (GeocodeStatus.REJECTED, ())
    assert "Queens" in found.boroughs
