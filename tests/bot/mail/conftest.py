"""The shell over the real flows, written to with raw mails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from tests.bot.mail.real import RealHouse, open_real_house


@pytest.fixture
async def real(
    storage: Storage, redis: Redis, vault: Vault, clock: Any, tmp_path: Path
) -> RealHouse:
    """A shell over the real flows."""
    return open_real_house(storage, redis, vault, clock, tmp_path)
