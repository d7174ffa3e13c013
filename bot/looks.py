"""Answering Looks: what a flow may find out within its turn, with no transaction open.

Every look is safe to repeat. One that fails, or comes after the turn's eight seconds are used up,
answers None, which the flow knows as Unavailable. Details of a request go only to the person who
filed it, at whichever of their handles; a number of somebody else's and one that does not exist get
the same answer, in the same time, and guessing is limited to ten an hour.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Counter

from bot import standings
from bot.clock import Clock
from bot.storage import codes, guesses, persons
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from conversations.vocabulary.city import City
from conversations.vocabulary.effects import Look
from conversations.vocabulary.places import AddressText, GeocodeStatus
from integrations.kit.errors import AdapterError
from integrations.kit.ports import Geocoder

TOGETHER_S = 8.0
"""Seconds that all looks of one turn may take together."""

GUESSES_PER_HOUR = 10

LOOKS = Counter("looks_total", "Looks answered within turns", ["look", "result"])
log = structlog.get_logger("bot.looks")

Answer = Mapping[str, Any]


@dataclass(slots=True)
class Patience:
    """What is left of a turn's time for looks, on the loop's monotonic clock."""

    until: float

    @classmethod
    def begin(cls) -> Patience:
        """Start counting now."""
        return cls(asyncio.get_running_loop().time() + TOGETHER_S)


class Looks:
    """Answers Looks.

    Args:
        storage, vault, clock: the shell's parts.
        cities: slug to city.
        geocoders: slug to geocoder (usually a chain).
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        clock: Clock,
        cities: Mapping[str, City],
        geocoders: Mapping[str, Geocoder],
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self._cities = cities
        self._geocoders = geocoders
        self._known: Mapping[str, Callable[[str, str, Answer], Awaitable[Answer | None]]] = {
            "geocode": self._geocode,
            "my_requests": self._my_requests,
            "nearby": self._nearby,
            "request": self._request,
            "my_channels": self._my_channels,
            "check_code": self._check_code,
        }

    async def answer(
        self, look: Look, city: str, resident_id: str, patience: Patience
    ) -> Answer | None:
        """Return a look's answer as plain JSON, or None when it is unavailable.

        Raises:
            KeyError: there is no such look; a defect of a flow.
        """
        find = self._known[look.name]
        try:
            async with asyncio.timeout_at(patience.until):
                found = await find(city, resident_id, look.args)
        except AdapterError as error:
            log.warning("look_unavailable", look=look.name, error_code=error.code)
            found = None
        except TimeoutError:
            log.warning("look_unavailable", look=look.name, error_code="too_slow")
            found = None
        LOOKS.labels(look.name, "unavailable" if found is None else "answered").inc()
        return found

    async def _geocode(self, city: str, _resident: str, args: Answer) -> Answer | None:
        address = AddressText.from_json(dict(args["address"]))
        found = await self._geocoders[city].geocode(
            address, args.get("borough"), self._cities[city]
        )
        if found.status is GeocodeStatus.ERROR:
            return None
        return {
            "status": found.status.value,
            "places": [place.to_json() for place in found.places],
            "suggestions": list(found.suggestions),
            "boroughs": list(found.boroughs),
        }

    async def _my_requests(self, city: str, resident: str, _args: Answer) -> Answer:
        known = functools.partial(
            standings.known_to, vault=self._vault, resident_id=resident, city=city
        )
        return {"requests": await self._storage.read(known)}

    async def _nearby(self, city: str, resident: str, args: Answer) -> Answer:
        near = functools.partial(
            standings.near,
            vault=self._vault,
            resident_id=resident,
            city=city,
            args=args,
            now=to_ms(self._clock.now()),
        )
        return {"found": await self._storage.read(near)}

    async def _my_channels(self, city: str, resident: str, args: Answer) -> Answer:
        """Return where this person talks with the city, and where it can be talked with at all."""
        pack, handle = self._cities[city], str(args.get("handle") or "")

        def read(connection: Connection) -> Answer:
            mine = persons.is_same(connection, self._vault, resident, handle) if handle else False
            channels = persons.channels_of(connection, resident, city)
            ways = {"sms": pack.sms_numbers, "email": pack.mailboxes}
            return {
                "channels": sorted(channels),
                "mine": mine,
                "open": [channel for channel, ours in ways.items() if ours],
            }

        return await self._storage.read(read)

    async def _check_code(self, _city: str, resident: str, args: Answer) -> Answer:
        now, code = to_ms(self._clock.now()), str(args["code"])
        found = await self._storage.write(
            lambda c: codes.check(c, self._vault, resident, code, now)
        )
        return {"result": found}

    async def _request(self, city: str, resident: str, args: Answer) -> Answer:
        """Tell one request, by the id that a mail's address names or by a number that was texted.

        Numbers can be guessed and are counted; ids cannot.
        """
        if row := args.get("request_id"):
            by_id = functools.partial(
                standings.by_id, vault=self._vault, resident_id=resident, request_id=str(row)
            )
            return {"request": await self._storage.read(by_id)}
        number, now = str(args["number"]).strip().upper(), to_ms(self._clock.now())

        def read(connection: Connection) -> dict[str, Any] | None:
            report = standings.by_number(connection, self._vault, resident, city, number)
            tried = guesses.read_guesses(connection, resident, now)
            return None if tried >= GUESSES_PER_HOUR else report

        report = await self._storage.read(read)
        if report is None:
            await self._storage.write(lambda c: guesses.count_guess(c, resident, now))
        return {"request": report}
