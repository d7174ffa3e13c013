"""The embedded form as a test's guest: started as `main.py run`, texted with signed webhooks.

Webhooks are signed by Twilio's own SDK; what CityHelper did is read at the twins, never in its
tables.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from twilio.request_validator import RequestValidator

ROOT = Path(__file__).resolve().parents[2]
CITY_NUMBER = "+12125550311"
UP_S = 90.0


def free_ports(count: int) -> int:
    """Return a port after which `count` ports in a row are free."""
    for base in range(20_000 + secrets.randbelow(20_000), 60_000, count):
        try:
            for port in range(base, base + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise RuntimeError("no free ports")


@dataclass
class House:
    """A running embedded form."""

    data_dir: Path
    port: int
    process: subprocess.Popen[str]
    http: httpx.AsyncClient
    log: Path
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def web(self) -> str:
        """Return the base URL of the doors."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        """Return the base URL of the twins."""
        return f"http://127.0.0.1:{self.port + 1}"

    def form(self, sender: str, text: str, sid: str = "", **more: str) -> dict[str, str]:
        """Return the fields of an inbound text as Twilio sends them."""
        sid = sid or "SM" + secrets.token_hex(16)
        return {
            "ToCountry": "US",
            "ToState": "NY",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ToCity": "",
            "FromZip": "10007",
            "SmsSid": sid,
            "FromState": "NY",
            "SmsStatus": "received",
            "FromCity": "NEW YORK",
            "Body": text,
            "FromCountry": "US",
            "To": CITY_NUMBER,
            "ToZip": "",
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": self.secrets["TWILIO_ACCOUNT_SID"],
            "From": sender,
            "ApiVersion": "2010-04-01",
            **more,
        }

    async def post_signed(self, form: dict[str, str], path: str = "/in/twilio") -> httpx.Response:
        """Post a webhook signed by Twilio's own SDK."""
        validator = RequestValidator(self.secrets["TWILIO_AUTH_TOKENS"])
        signature = validator.compute_signature(self.web + path, form)
        headers = {"X-Twilio-Signature": signature}
        return await self.http.post(self.web + path, data=form, headers=headers)

    async def text(self, sender: str, text: str, **more: str) -> None:
        """Text the city; the door must take it."""
        answer = await self.post_signed(self.form(sender, text, **more))
        assert answer.status_code == 200, answer.text

    async def calls(self, provider: str, operation: str = "") -> list[dict[str, Any]]:
        """Return what a twin received, oldest first."""
        query = {"provider": provider} | ({"operation": operation} if operation else {})
        found = await self.http.get(f"{self.sandbox}/_sandbox/log", params=query)
        calls: list[dict[str, Any]] = found.json()
        return calls

    async def texts_to(self, phone: str) -> list[str]:
        """Return every text that Twilio's twin took for a phone."""
        calls = await self.calls("twilio", "send")
        return [
            call["request"]["Body"]
            for call in calls
            if call["request"]["To"] == phone and call["status"] == 201
        ]

    async def wait_for_text(
        self, phone: str, fits: Callable[[str], bool], seconds: float = 30.0
    ) -> str:
        """Return the first text to a phone that fits; fails with all of them when none comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for text in await self.texts_to(phone):
                if fits(text):
                    return text
            await asyncio.sleep(0.2)
        raise AssertionError(f"no such text to {phone}: {await self.texts_to(phone)}")

    async def pass_time(self, seconds: float) -> None:
        """Move the clock of the twins, and with it that of the service."""
        moved = await self.http.post(f"{self.sandbox}/_sandbox/clock", json={"advance_s": seconds})
        assert moved.status_code == 200, moved.text


@asynccontextmanager
async def open_house(folder: Path, port: int = 0, **environment: str) -> AsyncIterator[House]:
    """Start `main.py run` on free ports with a data folder of its own, and stop it at the end."""
    port, data_dir, log = port or free_ports(5), folder / "data", folder / "run.log"
    with start_process(["run"], port, data_dir, log, environment) as process:
        async with httpx.AsyncClient(timeout=15, trust_env=False) as http:
            house = House(data_dir, port, process, http, log)
            await _wait_until_up(house)
            house.secrets = json.loads((data_dir / "secrets.json").read_text())
            await house.pass_time(_seconds_to_ten())
            yield house


class start_process:  # noqa: N801  # used like a function
    """A child of ours with its output in a file, ended with the block."""

    def __init__(
        self, arguments: list[str], port: int, data_dir: Path, log: Path, more: dict[str, str]
    ) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR")
        }
        self._environment = {**kept, "PORT": str(port), "DATA_DIR": str(data_dir), **more}
        self._command = [sys.executable, str(ROOT / "main.py"), *arguments]
        self._log = log

    def __enter__(self) -> subprocess.Popen[str]:
        with self._log.open("w") as out:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=out, stderr=out, text=True, cwd=ROOT
            )
        return self._process

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _seconds_to_ten() -> float:
    """Return the seconds until it is ten in the morning in New York.

    Notices keep quiet hours, so a journey begins at the same hour whenever it is started.
    """
    now = datetime.now(ZoneInfo("America/New_York"))
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0)
    if ten <= now:
        ten += timedelta(days=1)
    return (ten - now).total_seconds()


async def _wait_until_up(house: House) -> None:
    deadline = time.monotonic() + UP_S
    while time.monotonic() < deadline:
        assert house.process.poll() is None, house.log.read_text()
        if "Ctrl-C stops everything" in house.log.read_text():
            return
        await asyncio.sleep(0.2)
    raise AssertionError(house.log.read_text())


def numbers() -> Iterator[str]:
    """Yield American phone numbers that nobody has."""
    for last in range(100, 10_000):
        yield f"+1212555{last:04d}"
