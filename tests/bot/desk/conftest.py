"""A desk over the fake house: reports, hand-overs, and two colleagues."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

import bot.turn
from bot.registry import discover_channels
from bot.shell import Shell
from bot.storage import audit, case_messages, cases, service_requests, staff, timeline
from bot.storage.cases import Case
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from conversations.engine.handing import KINDS
from conversations.reading.reader import Reader
from conversations.vocabulary.events import Happened
from conversations.vocabulary.handles import Handle
from conversations.wording.catalogue import Catalogue
from integrations.cities import load_city
from tests.bot.conftest import House, build_house

MARIA = Handle("slack:T1/U1")
JOSE = Handle("slack:T1/U2")
BOSS = Handle("slack:T1/U9")
STRANGER = Handle("slack:T9/U1")
ELSEWHERE = Handle("slack:T1/U3")


@dataclass
class DeskHouse:
    """The fake house as staff see it, with short words for driving it."""

    house: House
    shell: Shell

    async def press(
        self, action: str, who: Handle, case: Case, version: int | None = None, **given: Any
    ) -> Any:
        """Press a button on a case's card."""
        at = case.version if version is None else version
        return await self.shell.desk.press(action, who, case.id, at, given)

    async def cases(self) -> list[Case]:
        """Return all cases, oldest first."""
        rows = await self.house.rows("SELECT id FROM cases ORDER BY id")
        return [await self.again(row.id) for row in rows]

    async def again(self, case: Case | str) -> Case:
        """Return a case as it stands."""
        row = case if isinstance(case, str) else case.id
        found = await self.shell.storage.read(lambda c: cases.read(c, row))
        assert found is not None
        return found

    async def report(self, text: str = "submit here", number: str = "+17185550100") -> Case:
        """Let a resident file a report; return its case."""
        await self.house.hear(text, number=number)
        await self.house.work()
        return (await self.cases())[-1]

    async def lines(self, case: Case) -> list[Any]:
        """Return the lines of a case."""
        vault = self.shell.vault
        return await self.shell.storage.read(lambda c: case_messages.of_case(c, vault, case.id))

    async def record(self, case: Case) -> list[tuple[str, str]]:
        """Return action and outcome of what the audit log has about a case."""
        vault = self.shell.vault
        found = await self.shell.storage.read(lambda c: audit.of_case(c, vault, case.id))
        return [(line.action, line.outcome) for line in found]

    async def story(self, case: Case) -> list[str]:
        """Return what happened to the report of a case."""
        vault, row = self.shell.vault, case.request_id or ""
        found = await self.shell.storage.read(lambda c: timeline.read(c, vault, row))
        return [entry.kind.value for entry in found]

    async def request(self, case: Case) -> Any:
        """Return the report of a case."""
        vault, row = self.shell.vault, case.request_id or ""
        return await self.shell.storage.read(lambda c: service_requests.read(c, vault, row))

    def texts(self) -> list[str]:
        """Return the texts sent to residents."""
        return self.house.messenger.texts()


async def hire(shell: Shell) -> None:
    """Register the colleagues."""
    people = {
        MARIA: ("Maria Rossi", "staff", "nyc"), JOSE: ("Jose Diaz", "staff", "nyc"),
        BOSS: ("Ana Boss", "admin", "*"), ELSEWHERE: ("Lee Far", "staff", "springfield"),
    }  # fmt: skip

    def put(connection: Any) -> None:
        for handle, (name, role, city) in people.items():
            staff.put(connection, shell.vault, handle, name=name, role=role, city=city, now=1)

    await shell.storage.write(put)


async def _open(house: House, **changes: Any) -> DeskHouse:
    shell = replace(house.shell, catalogue=Catalogue.load(), **changes)
    await hire(shell)
    return DeskHouse(house, shell)


@pytest.fixture
async def desk(house: House, monkeypatch: pytest.MonkeyPatch) -> DeskHouse:
    """Staff's side of the fake house; its engine does what a text says."""
    fake = bot.turn.step

    def step(talk: Any, event: Any, given: Any) -> Any:
        theirs = isinstance(event, Happened) and event.kind in KINDS
        return (talk, ()) if theirs else fake(talk, event, given)

    monkeypatch.setattr(bot.turn, "step", step)
    return await _open(house)


@pytest.fixture
async def real(
    storage: Storage, redis: Redis, vault: Vault, clock: Any, tmp_path: Path
) -> AsyncIterator[DeskHouse]:
    """Staff's side of a house with the real engine, reader and phrases, for New York."""
    house = build_house(storage, redis, vault, clock, tmp_path)
    city = replace(load_city("nyc"), names_staff=True)
    cities: Mapping[str, Any] = {"nyc": city}
    opened = await _open(
        house, cities=cities, readers={"nyc": Reader(city)}, renders=discover_channels()
    )
    house.shell = opened.shell
    house.turns = opened.shell.turns()
    yield opened
    await house.turns.finish()
    await house.shell.outbox.finish()
    await house.shell.intake.finish()
