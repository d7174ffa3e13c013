"""A second key of Geoclient: used for what concerns the first key, and for nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.vocabulary.places import AddressText, GeocodeStatus
from integrations.geocoding import SpareKey
from integrations.kit.dto import GeocodeDTO
from integrations.kit.errors import (
    AdapterError,
    QuotaSpent,
    RateLimited,
    ServerFailed,
    TimedOut,
    Unauthorised,
)

NOWHERE: Any = None


class Key:
    """A geocoder under one key."""

    provider = "geoclient"

    def __init__(self, error: AdapterError | None = None) -> None:
        self.error = error
        self.asked = 0

    async def geocode(self, address: AddressText, borough: str | None, city: Any) -> GeocodeDTO:
        """Answer, or fail."""
        self.asked += 1
        if self.error is not None:
            raise self.error
        return GeocodeDTO(status=GeocodeStatus.REJECTED, provider=self.provider)


@pytest.mark.parametrize("kind", [QuotaSpent, RateLimited, Unauthorised])
async def test_the_second_key_is_used_when_the_first_is_spent(kind: type[AdapterError]) -> None:
    """A spent, held back or refused key: the same question goes out under the other."""
    first, second = Key(kind("geoclient", "geocode")), Key()
    both = SpareKey(first, second)
    assert (await both.geocode(AddressText("x"), None, NOWHERE)).provider == "geoclient"
    assert (first.asked, second.asked) == (1, 1)


@pytest.mark.parametrize("kind", [ServerFailed, TimedOut])
async def test_trouble_at_the_service_costs_the_second_key_nothing(
    kind: type[AdapterError],
) -> None:
    """Another key would fare the same."""
    first, second = Key(kind("geoclient", "geocode")), Key()
    with pytest.raises(kind):
        await SpareKey(first, second).geocode(AddressText("x"), None, NOWHERE)
    assert second.asked == 0


async def test_an_answer_is_an_answer() -> None:
    """Even "no such address" is not asked twice."""
    first, second = Key(), Key()
    await SpareKey(first, second).geocode(AddressText("x"), None, NOWHERE)
    assert (first.asked, second.asked) == (1, 0)
