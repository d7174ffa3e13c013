"""kill -9 of the web and the workers a hundred times while residents report by mail and by text.

Counted at the twins by intent: nothing lost, nothing twice. A mail whose call a kill cut off can
be looked up nowhere, so a person gets it (docs/adr/0012); its resident writes again, as one does.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.ward import (
    END,
    KILLS,
    NUMBER,
    SEED,
    Ward,
    count_doubts,
    kill_at_random,
    open_ward,
    report_by_text,
    spread_places,
    watch,
)

RESIDENTS = 100
IMPATIENT_S = 25.0
"""Seconds without an answer after which a resident writes again."""

KNOWN = "You reported this"
"""Said to who writes again because the mail with the end never came: the report is in."""

LINK = re.compile(r"/m/[a-z2-7]{26}")

pytestmark = pytest.mark.slow


class Writer:
    """One resident who reports a pothole by mail, patiently.

    Args:
        ward: the suffering service.
        index: which resident.
        place: where the pothole is.
    """

    def __init__(self, ward: Ward, index: int, place: str) -> None:
        self.ward = ward
        self.address = f"r{index}@home.example"
        self.place = place
        self.wrote = 0
        self.read = 0

    async def report(self) -> str:
        """Report, answer what is asked, and return the words of the end."""
        await self.write(f"huge pothole at {self.place}")
        while True:
            mail = await self.next_mail()
            said = "" if mail is None else _plain(mail)
            if mail is None:
                await self.write(f"huge pothole at {self.place}")
            elif found := LINK.search(said):
                await self.press(found[0])
            elif END.search(said) or KNOWN in said:
                return said
            elif "send that again" in said:
                await self.write(f"huge pothole at {self.place}", mail["reply_to"]["email"])
            elif "1. " in said:
                await self.write("1", mail["reply_to"]["email"])

    async def next_mail(self) -> dict[str, Any] | None:
        """Return the next mail to this resident, or None after a while without one."""
        deadline = time.monotonic() + IMPATIENT_S
        while time.monotonic() < deadline:
            mine = [mail for mail in self.ward.mails if _recipient(mail) == self.address]
            if len(mine) > self.read:
                self.read += 1
                return mine[self.read - 1]
            await asyncio.sleep(0.1)
        return None

    async def write(self, text: str, to: str = "311@reply.city.example") -> None:
        """Bring a mail as SendGrid does: the same one again until it is taken."""
        self.wrote += 1
        raw = (
            f"From: <{self.address}>\r\nTo: <{to}>\r\nSubject: Pothole\r\n"
            f"Message-ID: <{self.wrote}.{self.address}>\r\n\r\n{text}\r\n"
        )
        url = self.ward.environment["SANDBOX_URL"] + "/sendgrid/_control/mail"
        for _ in range(60):
            done = await self.ward.http.post(url, json={"raw": raw, "to": to}, timeout=120)
            if done.json()["deliveries"][0][-1] == 200:
                return
        raise AssertionError("a mail was never taken")

    async def press(self, path: str) -> None:
        """Press the button behind a link, again and again until it is answered."""
        for _ in range(400):
            try:
                url = self.ward.environment["PUBLIC_BASE_URL"] + path
                if (await self.ward.http.post(url)).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
        raise AssertionError("a link never worked")


def _plain(mail: dict[str, Any]) -> str:
    return str(mail["content"][0]["value"])


def _recipient(mail: dict[str, Any]) -> str:
    return str(mail["personalizations"][0]["to"][0]["email"])


async def _by_mail(ward: Ward, index: int, place: str, ended: dict[str, str]) -> None:
    await asyncio.sleep(index * KILLS * 0.4 / RESIDENTS)
    writer = Writer(ward, index, place)
    ended[writer.address] = await writer.report()


async def _by_text(ward: Ward, index: int, place: str, ended: dict[str, str]) -> None:
    await asyncio.sleep(index * KILLS * 0.4 / RESIDENTS)
    ended[f"text {index}"] = await report_by_text(ward, index, place)


async def test_kills_while_residents_write_mails(tmp_path: Path) -> None:
    """Each of 100 reports is at the city once or parked and told; no mail or text goes twice."""
    ended: dict[str, str] = {}
    async with open_ward(tmp_path) as ward:
        watcher = asyncio.create_task(watch(ward))
        try:
            async with asyncio.timeout(330), asyncio.TaskGroup() as group:
                group.create_task(kill_at_random(ward, random.Random(SEED)))
                for index, place in enumerate(spread_places(RESIDENTS)):
                    how = _by_mail if index % 5 < 3 else _by_text
                    group.create_task(how(ward, index, place, ended))
            await asyncio.sleep(15)  # whatever would be done twice has had its time
        finally:
            watcher.cancel()
        await ward.look()
        effects = ward.environment["SANDBOX_URL"] + "/_sandbox/effects"
        rows = (await ward.http.get(effects, params={"provider": "sendgrid"})).json()
    counted = {row["reference"]: row["count"] for row in rows}
    check_ledger(ward, ended, counted, await count_doubts(tmp_path))


def _which(sms: dict[str, Any]) -> tuple[str, str]:
    """Return what makes a text the same one: its attempts share one row, named in its callback."""
    return str(sms["To"]), str(sms.get("StatusCallback") or sms["Body"])


def check_ledger(ward: Ward, ended: dict[str, str], counted: dict[str, int], in_doubt: int) -> None:
    """Fail when something was lost or done twice, as the twins saw it."""
    filed = Counter(call["request"]["incidentAddress"] for call in ward.filings)
    texts = Counter(_which(call["request"]) for call in ward.sends)
    intents = Counter(str(mail["custom_args"]["intent"]) for mail in ward.mails)
    told = sum(bool(NUMBER.search(words)) for words in ended.values())
    report = {
        "seed": SEED, "kills": sum(ward.kills.values()), "mails": len(ward.mails),
        "texts": len(ward.sends), "filed": len(ward.filings), "numbers told": told,
        "in doubt": in_doubt,
    }  # fmt: skip
    sys.stdout.write(f"{report}\n")
    assert len(ended) == RESIDENTS
    assert told <= len(filed)
    assert [place for place, count in filed.items() if count > 1] == []
    assert [which for which, count in texts.items() if count > 1] == []
    assert [which for which, count in intents.items() if count > 1] == []
    assert [which for which, count in counted.items() if count != 1] == []
    assert len(counted) == len(intents)
    assert sum(ward.kills.values()) == KILLS
    assert in_doubt or KILLS < 50  # the kills must have hit something
