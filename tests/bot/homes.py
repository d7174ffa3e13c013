"""What the tests of shared and recycled phones share: the real engine, reader and words, faked
providers, and a city that files what it is given.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.deeds.telling import filed
from bot.notices import News, notify
from bot.registry import discover_channels
from bot.storage import service_requests
from conversations.reading.reader import Reader
from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, GeocodeStatus, Place, PlaceKind
from conversations.wording.catalogue import Catalogue
from integrations.cities import load_city
from integrations.kit.dto import GeocodeDTO, ServiceRequestDTO
from tests.bot.conftest import FakeGeocoder, FakeRequests, House, build_house

PHONE = "+17185550100"


@lru_cache
def _real() -> tuple[City, Reader, Catalogue]:
    city = load_city("nyc")
    city = dataclasses.replace(
        city, sms_numbers=("+13115550000",), mailboxes=("311@reply.city.example",)
    )
    return city, Reader(city), Catalogue.load()


@dataclass
class Home:
    """A house that really thinks, and its clock."""

    house: House
    clock: Any

    async def text(self, words: str, number: str = PHONE) -> str:
        """Text something; return what was sent back last, or an empty text."""
        before = len(self.house.messenger.sent)
        self.clock.advance(30)  # faster, it would be taken for a machine
        await self.house.hear(words, number)
        await self.house.work()
        sent = self.house.messenger.sent[before:]
        return sent[-1].text if sent else ""

    async def file(self, number: str = PHONE) -> None:
        """Report graffiti at 123 Broadway, Brooklyn, and send it, with updates."""
        await self.text("graffiti at 123 broadway brooklyn", number)
        filed = await self.text("1", number)
        assert "NYC311-2026-0000-0001" in filed

    async def wait(self, days: int) -> None:
        """Let days pass."""
        self.clock.advance(days * 86400)

    async def close(self) -> None:
        """Let the city close every request, and tell of it as the poller does."""
        shell = self.house.shell
        now = round(shell.clock.now().timestamp() * 1000)

        ids = [row.id for row in await self.house.rows("SELECT id FROM service_requests")]

        def change(connection: Any) -> list[str]:
            woken: list[str] = []
            for row in filter(
                None, (service_requests.read(connection, shell.vault, i) for i in ids)
            ):
                service_requests.change(
                    connection, shell.vault, row, now=now, status="Closed", resolution="Filled."
                )
                data = {**filed(row), "status": "Closed", "resolution": "Filled."}
                news = News("status_changed", data, f"{row.id}:{now}")
                woken += notify(connection, shell.vault, shell.cities["nyc"], row, news, now)
            return woken

        await shell.storage.write(change)
        await self.house.work()


class Filing(FakeRequests):
    """A city whose numbers look like New York's."""

    async def submit(self, draft: Any) -> ServiceRequestDTO:
        """File one report."""
        answer = await super().submit(draft)
        number = f"NYC311-2026-0000-{len(self.filed):04}"
        return answer.model_copy(update={"external_id": number})


class Echoing(FakeGeocoder):
    """A map that knows every place by the words for it."""

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return the place."""
        place = Place(address.text.title(), PlaceKind.ADDRESS, 40.7, -73.9)
        return GeocodeDTO(status=GeocodeStatus.EXACT, places=(place,), provider="geoclient")


def open_home(storage: Any, redis: Any, vault: Any, clock: Any, folder: Any) -> Home:
    """Return a house with the real engine."""
    city, reader, catalogue = _real()
    built = build_house(storage, redis, vault, clock, folder)
    cities = {"nyc": city}
    shell = dataclasses.replace(
        built.shell,
        cities=cities,
        readers={"nyc": reader},
        catalogue=catalogue,
        renders=discover_channels(),
        senders={"sms": "twilio", "email": "sendgrid"},
    )
    shell.intake._cities = shell.looks._cities = cities
    shell.intake._catalogue = catalogue
    shell.looks._geocoders = {"nyc": Echoing()}
    filing = Filing()
    shell.deeds._requests311 = {"nyc": filing}
    house = dataclasses.replace(built, shell=shell, requests=filing, turns=shell.turns())
    return Home(house, clock)
