"""kill -9 of the web and the workers a hundred times during a stream of messages.

Counted at the twins, never in our own tables: nothing lost, nothing twice. A filing that a kill
left in doubt may be parked: its resident is told so, and it is at the city once or not at all.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.journeys.ward import (
    KILLS,
    NUMBER,
    SEED,
    Tormentor,
    Ward,
    count_doubts,
    kill_at_random,
    open_ward,
    report_by_text,
    spread_places,
    watch,
)

RESIDENTS = 100
FREEZES = 6

pytestmark = pytest.mark.slow


async def _resident(ward: Ward, index: int, place: str, ended: list[str]) -> None:
    """One resident reports one pothole, patiently."""
    await asyncio.sleep(index * KILLS * 0.4 / RESIDENTS)
    ended.append(await report_by_text(ward, index, place))


async def _freezer(ward: Ward, chance: random.Random) -> None:
    """Freeze a worker for longer than its leases, again and again, then let it wake up late."""
    for _ in range(FREEZES):
        await asyncio.sleep(chance.uniform(0.5, 1.5))
        victim = chance.choice(["work:1", "work:2"])
        os.kill(ward.pids[victim], signal.SIGSTOP)
        await asyncio.sleep(10)
        os.kill(ward.pids[victim], signal.SIGCONT)
        ward.kills["frozen"] += 1


async def _torment(folder: Path, tormentor: Tormentor, residents: int) -> dict[str, int]:
    """Let residents report while processes suffer; check the ledger and return it."""
    ended: list[str] = []
    async with open_ward(folder) as ward:
        watcher = asyncio.create_task(watch(ward))
        try:
            async with asyncio.timeout(420), asyncio.TaskGroup() as group:
                group.create_task(tormentor(ward, random.Random(SEED)))
                for index, place in enumerate(spread_places(residents)):
                    group.create_task(_resident(ward, index, place, ended))
            await asyncio.sleep(15)  # whatever would be done twice has had its time
        finally:
            watcher.cancel()
        await ward.look()
    report = {
        "torments": sum(ward.kills.values()),
        "texts": len(ward.sends),
        "filed": len(ward.filings),
        "in doubt": await count_doubts(folder),
        "numbers told": sum(bool(NUMBER.search(body)) for body in ended),
    }
    sys.stdout.write(f"{report}\n")
    filed = Counter(call["request"]["incidentAddress"] for call in ward.filings)
    texts = Counter((call["request"]["To"], call["request"]["Body"]) for call in ward.sends)
    assert len(ended) == residents
    assert report["numbers told"] <= len(filed)
    assert [place for place, count in filed.items() if count > 1] == []
    assert [which for which, count in texts.items() if count > 1] == []
    return report


async def test_a_hundred_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """Every resident's report is filed once or parked and told; no text is sent twice."""
    report = await _torment(tmp_path, kill_at_random, RESIDENTS)
    assert report["torments"] == KILLS
    assert report["in doubt"] or KILLS < 50  # the kills must have hit something


async def test_a_worker_that_wakes_up_late_doubles_nothing(tmp_path: Path) -> None:
    """SIGSTOP for longer than the leases, then SIGCONT: the zombie files and sends nothing."""
    report = await _torment(tmp_path, _freezer, 40)
    assert report["torments"] == FREEZES
