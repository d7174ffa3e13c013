"""The board: what staff see. Each question is asked as somebody and shows only their city's cases.

Nothing here changes anything, and no answer holds a resident's name or handle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.desk import policy
from bot.desk.cards import CardView, make_card
from bot.desk.deadlines import due_at
from bot.desk.room import Parts
from bot.storage import case_lists, cases, staff, street_tokens
from bot.storage.case_lists import MOST
from bot.storage.cases import Case
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from bot.storage.staff import Staff
from conversations.vocabulary.handles import Handle

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class News:
    """A case that has news: its id, version, and since when (milliseconds)."""

    case_id: str
    version: int
    at: int
    city: str


class Board:
    """Answers what staff ask. Somebody we do not know, or who has left, sees nothing.

    Args:
        storage, clock: the shell's.
        parts: as for the desk.
    """

    def __init__(self, *, storage: Storage, clock: Clock, parts: Parts) -> None:
        self._storage = storage
        self._clock = clock
        self._parts = parts

    async def who(self, handle: Handle) -> Staff | None:
        """Return who has this handle and works here, or None."""
        return await self._storage.read(lambda c: self._actor(c, handle))

    async def card(self, handle: Handle, case_id: str) -> CardView | None:
        """Return the card of a case, or None when there is none for this person."""

        def look(connection: Connection) -> CardView | None:
            actor = self._actor(connection, handle)
            case = cases.read(connection, case_id)
            if actor is None or case is None or not policy.sees(actor, case.city):
                return None
            return self._card(connection, actor, case)

        return await self._storage.read(look)

    async def mine(self, handle: Handle) -> list[CardView]:
        """Return what this person has in hand, the longest untouched first."""
        return await self._list(handle, lambda c, me, where: case_lists.held_by(c, me.id, where))

    async def waiting(self, handle: Handle) -> list[CardView]:
        """Return the cases whose resident waits for an answer, the longest first."""
        now = to_ms(self._clock.now())
        return await self._list(handle, lambda c, _, where: case_lists.waiting(c, where, now))

    async def overdue(self, handle: Handle) -> list[CardView]:
        """Return those of the waiting whose answer is past due."""
        return [card for card in await self.waiting(handle) if card.overdue]

    async def in_doubt(self, handle: Handle) -> list[CardView]:
        """Return the filings that a person has to decide about, the oldest first."""
        return await self._list(handle, lambda c, _, where: case_lists.in_doubt(c, where))

    async def find(
        self,
        handle: Handle,
        *,
        number: str | None = None,
        type_key: str | None = None,
        street: str | None = None,
        day: date | None = None,
    ) -> list[CardView]:
        """Return the cases that answer to everything given, the newest first.

        Args:
            handle: who asks.
            number: the city's tracking number, or our reference `CH-....`.
            type_key: the request type.
            street: words of the place; all of them must be in it, whole.
            day: when it was opened, in the city's own time.
        """

        def look(connection: Connection, actor: Staff, where: Sequence[str]) -> list[Case]:
            if number is None and type_key is None and street is None and day is None:
                return []
            found: list[Case] = []
            for city in where:
                ids = None
                if street is not None:
                    vault = self._parts.vault
                    ids = street_tokens.find_cases(connection, vault, [city], street, MOST)
                between = None if day is None else self._day(city, day)
                found += case_lists.find(
                    connection, [city], number=number, type_key=type_key, ids=ids, between=between
                )
            return sorted(found, key=lambda case: case.opened_at, reverse=True)[:MOST]

        return await self._list(handle, look)

    async def dead_letters(self, handle: Handle) -> int:
        """Return how many texts and filings of this person's cities were given up."""

        def count(connection: Connection) -> int:
            actor = self._actor(connection, handle)
            return 0 if actor is None else case_lists.count_dead(connection, self._cities(actor))

        return await self._storage.read(count)

    async def changed_since(self, at: int, most: int = MOST) -> list[News]:
        """Return the cases of all cities with news since `at` (milliseconds), for drawing them.

        For a channel's own chore, not for a person: it names cases and shows nothing of them.
        """
        cities = list(self._parts.cities)
        found = await self._storage.read(lambda c: case_lists.changed_since(c, cities, at, most))
        return [News(case.id, case.version, case.updated_at, case.city) for case in found]

    async def _list(
        self, handle: Handle, look: Callable[[Connection, Staff, Sequence[str]], list[Case]]
    ) -> list[CardView]:
        """Return the cards of what `look` finds for a person in their cities."""

        def read(connection: Connection) -> list[CardView]:
            actor = self._actor(connection, handle)
            if actor is None:
                return []
            found = look(connection, actor, self._cities(actor))
            return [self._card(connection, actor, case) for case in found]

        return await self._storage.read(read)

    def _actor(self, connection: Connection, handle: Handle) -> Staff | None:
        found = staff.find(connection, self._parts.vault, handle)
        return found if found is not None and found.active else None

    def _cities(self, actor: Staff) -> list[str]:
        return policy.cities_of(actor, self._parts.cities)

    def _card(self, connection: Connection, actor: Staff, case: Case) -> CardView:
        due = due_at(self._parts.cities[case.city], case)
        return make_card(connection, self._parts, actor, case, due, self._clock.now())

    def _day(self, city: str, day: date) -> tuple[int, int]:
        """Return when a day begins and ends in a city, milliseconds."""
        zone = ZoneInfo(self._parts.cities[city].timezone)
        begins = datetime.combine(day, time(), zone)
        ends = datetime.combine(day + timedelta(days=1), time(), zone)
        return to_ms(begins), to_ms(ends)
