"""What the tests of the spool share: a database that can be taken away, and a process to kill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.spool.drain import Drain
from bot.spool.spool import Spool
from bot.storage.crypto import Vault
from bot.storage.engine import Storage, StorageAwayError
from tests.bot.conftest import House, build_house

ROOT = Path(__file__).resolve().parents[2]
MOST = 64 * 1024 * 1024

KEEPER = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.spool.records import Message
from bot.spool.spool import Spool
from bot.storage.crypto import Vault
from conversations.vocabulary.handles import tel
from conversations.vocabulary.messages import InboundMessage
from datetime import UTC, datetime

async def main():
    vault = Vault([(1, bytes(range(32)))], [b"i" * 32])
    spool = Spool(Path(sys.argv[1]), vault, 1 << 26)
    for sid in sys.argv[2:]:
        message = InboundMessage(
            provider="twilio", provider_message_id=sid, channel="sms",
            sender=tel("+17185550100"), recipient=tel("+13115550000"), text=sid,
            received_at=datetime.now(UTC),
        )
        await spool.keep(Message("nyc", message))
    print("kept", flush=True)
    sys.stdin.readline()

asyncio.run(main())
"""
"""A door's process that kept these messages and has not yet answered for them."""


class Switched:
    """A database that can be taken away and given back."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.dialect = storage.dialect
        self.away = False

    async def write(self, unit: Any) -> Any:
        """Run a unit, unless the database is away."""
        if self.away:
            raise StorageAwayError("test")
        return await self._storage.write(unit)

    async def read(self, unit: Any) -> Any:
        """Run a unit, unless the database is away."""
        if self.away:
            raise StorageAwayError("test")
        return await self._storage.read(unit)

    async def ping(self) -> None:
        """Ask for one row."""
        await self.read(lambda _connection: None)

    async def close(self) -> None:
        """Leave closing to whoever opened it."""


@dataclass
class Spooled:
    """A door's process over the fakes, whose database can be taken away."""

    house: House
    switched: Switched
    spool: Spool
    drain: Drain
    folder: Path

    async def outage(self, *texts: str, number: str = "+17185550100") -> list[Any]:
        """Let a resident text while the database is away."""
        self.switched.away = True
        said = [await self.house.hear(text, number=number) for text in texts]
        self.switched.away = False
        return said

    async def heard(self) -> list[str]:
        """Return the texts in the inbox, in the order of their turns."""
        rows = await self.house.rows("SELECT id, event_box FROM inbox ORDER BY id")
        vault = self.house.shell.vault
        return [vault.open("inbox.event", row.id, row.event_box)["text"] for row in rows]


@asynccontextmanager
async def open_spooled(
    storage: Storage,
    redis: Any,
    vault: Vault,
    clock: Any,
    folder: Path,
    most: int = MOST,
    patience_s: float = 60.0,
) -> AsyncIterator[Spooled]:
    """Open a door's process with a spool, which waits long for a busy machine's database."""
    place = folder / "spool"
    place.mkdir(exist_ok=True)
    switched = Switched(storage)
    spool = Spool(place, vault, most, patience_s)
    house = build_house(switched, redis, vault, clock, folder, spool)
    yield Spooled(house, switched, spool, house.shell.drain(), place)
    await house.finish()
    await spool.close()


def start_keeper(folder: Path, *sids: str) -> subprocess.Popen[str]:
    """Start a process that keeps these messages, and return once they are on the disk."""
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(folder), *sids],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == "kept\n"
    return keeper


def end(keeper: subprocess.Popen[str]) -> None:
    """Kill it without warning."""
    keeper.kill()
    keeper.wait()
    for pipe in (keeper.stdin, keeper.stdout):
        assert pipe is not None
        pipe.close()
