"""What a command line needs to look after rows: nothing that calls a provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.bootstrap import checked_settings, open_clock, open_migrated, open_redis, open_vault
from bot.clock import Clock
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from bot.wakes import Wakes


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of this installation, and how to wake who works on them."""

    storage: Storage
    vault: Vault
    wakes: Wakes
    clock: Clock


@asynccontextmanager
async def open_records() -> AsyncIterator[Records]:
    """Open the database and Redis, and let go of them at the end. Raises `StartError`."""
    settings = checked_settings()
    storage = await open_migrated(settings)
    redis = open_redis(settings.redis_url)
    try:
        yield Records(storage, open_vault(settings), Wakes(redis), open_clock(settings))
    finally:
        await storage.close()
        await redis.aclose()
