"""GeocoderChain: who is asked, who is believed, and how long it is remembered."""

from collections.abc import Callable

import pytest

from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, GeocodeStatus, Place, PlaceKind
from integrations import geocoding
from integrations.cities import load_city
from integrations.geocoding import GeocoderChain, question_key
from integrations.kit.cache import MemoryCache
from integrations.kit.dto import GeocodeDTO
from integrations.kit.errors import ServerFailed

CITY = load_city("nyc")
ADDRESS = AddressText("123 Broadway", house="123", street="Broadway")
WHOLE = {"status": "exact", "places": [], "suggestions": [], "boroughs": [], "provider": "x"}
FIELDS_OF_VERSION_1 = (
    *("status", "places", "suggestions", "boroughs", "provider"),
    *("label", "kind", "latitude", "longitude", "house", "street", "borough", "zip"),
    *("source", "exact"),
)
PLACE = Place("123 Broadway, Brooklyn", PlaceKind.ADDRESS, 40.7, -73.9, borough="Brooklyn")


class Scripted:
    """A geocoder that answers what it is told to; None fails."""

    def __init__(
        self, provider: str, status: GeocodeStatus | None, *, permanent: bool = True
    ) -> None:
        self.provider = provider
        self.permanent = permanent
        self.status = status
        self.calls = 0

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Count and answer."""
        self.calls += 1
        if self.status is None:
            raise ServerFailed(self.provider, "search", status=500)
        found = self.status in (GeocodeStatus.EXACT, GeocodeStatus.POSSIBLE)
        return GeocodeDTO(
            status=self.status,
            places=(PLACE,) if found else (),
            suggestions=() if found else ("Worth Street",),
            provider=self.provider,
        )


def clock_at(times: list[float]) -> Callable[[], float]:
    """Return a clock that reads the last element of a list."""
    return lambda: times[-1]


@pytest.mark.parametrize("first", [None, GeocodeStatus.REJECTED, GeocodeStatus.POSSIBLE])
async def test_falls_back_on_errors_and_on_bodies(first: GeocodeStatus | None) -> None:
    """An error, a rejected address and a near miss all ask the next one."""
    second = Scripted("second", GeocodeStatus.EXACT)
    chain = GeocoderChain([Scripted("first", first), second], MemoryCache())
    found = await chain.geocode(ADDRESS, None, CITY)
    assert (found.status, found.provider, second.calls) == (GeocodeStatus.EXACT, "second", 1)


async def test_the_first_sure_answer_ends_the_search() -> None:
    """Nobody else is asked once a place is found."""
    second = Scripted("second", GeocodeStatus.EXACT)
    chain = GeocoderChain([Scripted("first", GeocodeStatus.EXACT), second], MemoryCache())
    await chain.geocode(ADDRESS, None, CITY)
    assert second.calls == 0


async def test_all_down_is_an_error_and_not_kept() -> None:
    """When nobody answers the status says so, and the next try asks again."""
    first = Scripted("first", None)
    chain = GeocoderChain([first], MemoryCache())
    assert (await chain.geocode(ADDRESS, None, CITY)).status is GeocodeStatus.ERROR
    await chain.geocode(ADDRESS, None, CITY)
    assert first.calls == 2


@pytest.mark.parametrize(
    ("status", "kept_s"), [(GeocodeStatus.EXACT, 86400), (GeocodeStatus.REJECTED, 3600)]
)
async def test_answers_are_kept_their_time(status: GeocodeStatus, kept_s: int) -> None:
    """A place for a day, a rejection for an hour; the kept answer is the same one."""
    times = [0.0]
    first = Scripted("first", status)
    chain = GeocoderChain([first], MemoryCache(clock_at(times)))
    fresh = await chain.geocode(ADDRESS, None, CITY)
    times.append(kept_s - 1.0)
    assert await chain.geocode(ADDRESS, None, CITY) == fresh
    assert first.calls == 1
    times.append(kept_s + 1.0)
    await chain.geocode(ADDRESS, None, CITY)
    assert first.calls == 2


async def test_mapbox_answers_are_kept_only_when_permanent() -> None:
    """What was not bought for keeping is asked for again."""
    for permanent, calls in ((False, 2), (True, 1)):
        mapbox = Scripted("mapbox", GeocodeStatus.EXACT, permanent=permanent)
        chain = GeocoderChain([mapbox], MemoryCache())
        await chain.geocode(ADDRESS, None, CITY)
        await chain.geocode(ADDRESS, None, CITY)
        assert mapbox.calls == calls


ELSEWHERE = [
    (AddressText("12 Washington St, Hoboken NJ", "12", "Washington St"), None, True),
    (AddressText("10 Yonkers Ave, Yonkers NY", "10", "Yonkers Ave"), None, True),
    (AddressText("1 Main Street Yonkers", "1", "Main Street"), "Bronx", False),
    (AddressText("10 Yonkers Ave", "10", "Yonkers Ave"), None, False),
    (AddressText("45 Boston Road, Bronx", "45", "Boston Road", borough="Bronx"), None, False),
    (AddressText("1 Main Street 07302", "1", "Main Street", zip="07302"), None, True),
    (AddressText("Newark", street="Newark"), None, False),
    (AddressText("200 elizabeth", "200", "elizabeth"), None, False),
    (
        AddressText("broadway and houston", street="broadway", cross_streets=("houston",)),
        None,
        False,
    ),
    (AddressText("55 Central Park West, New York", "55", "Central Park West"), None, False),
]


@pytest.mark.parametrize(("address", "borough", "elsewhere"), ELSEWHERE)
async def test_other_towns_are_outside(
    address: AddressText, borough: str | None, elsewhere: bool
) -> None:
    """An address that names another town is outside, and no geocoder is asked."""
    first = Scripted("first", GeocodeStatus.EXACT)
    found = await GeocoderChain([first], MemoryCache()).geocode(address, borough, CITY)
    assert (found.status is GeocodeStatus.OUTSIDE) is elsewhere
    assert first.calls == (0 if elsewhere else 1)


def test_the_question_is_normalised() -> None:
    """Case, blanks and spelling of the street type do not matter; the borough does."""
    same = AddressText("x", house="123", street="  broadway ")
    assert question_key(ADDRESS, None, CITY) == question_key(same, None, CITY)
    assert question_key(ADDRESS, "Bronx", CITY) != question_key(ADDRESS, None, CITY)


async def test_an_answer_of_an_older_release_is_not_read(monkeypatch) -> None:
    """Another version of what is kept is another key: the geocoders are asked anew."""
    cache, asked = MemoryCache(), Scripted("first", GeocodeStatus.EXACT)
    await GeocoderChain([asked], cache).geocode(ADDRESS, None, CITY)
    await GeocoderChain([asked], cache).geocode(ADDRESS, None, CITY)
    assert asked.calls == 1
    monkeypatch.setattr(geocoding, "ANSWER_VERSION", geocoding.ANSWER_VERSION + 1)
    await GeocoderChain([asked], cache).geocode(ADDRESS, None, CITY)
    assert asked.calls == 2


@pytest.mark.parametrize(
    "kept",
    [[], "x", {}, {"status": "new"}, {**WHOLE, "places": ["x"]}, {**WHOLE, "places": None}],
)
async def test_what_cannot_be_read_is_a_miss(kept: object) -> None:
    """A kept value of an unknown form asks the geocoders, and raises nothing."""

    class Odd(MemoryCache):
        async def get(self, kind: str, question: str) -> object:
            return kept

    asked = Scripted("first", GeocodeStatus.EXACT)
    found = await GeocoderChain([asked], Odd()).geocode(ADDRESS, None, CITY)
    assert (found.status, asked.calls) == (GeocodeStatus.EXACT, 1)


def test_a_change_of_form_raises_the_version() -> None:
    """The fields that are kept are those of this version: change them and `ANSWER_VERSION`."""
    fields = (*GeocodeDTO.model_fields, *Place.__dataclass_fields__)
    assert geocoding.ANSWER_VERSION == 1
    assert fields == FIELDS_OF_VERSION_1
