"""Twilio's twin started again: the phones still show what they showed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.world import DEFAULTS

ACCOUNT, TOKEN = DEFAULTS["twilio_account_sid"], DEFAULTS["twilio_auth_token"]
CITY = DEFAULTS["twilio_number"]
PHONE = "+12125550123"
SEND = f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages"


@asynccontextmanager
async def twin(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Build a twin over a state folder; nobody takes its webhooks."""
    app: FastAPI = create_sandbox(
        public_base_url="http://127.0.0.1:9", settings={"state_dir": str(folder)}, only=("twilio",)
    )
    wire = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=wire, base_url="http://localhost") as http:
        yield http
        await app.state.world.close()


async def phone(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Return what the phone shows."""
    answer = await http.get("/twilio/_control/phone", params={"number": PHONE})
    shown: list[dict[str, Any]] = answer.json()
    return shown


async def send(http: httpx.AsyncClient, text: str = "Your report is in.") -> httpx.Response:
    """Send a text as our adapter does."""
    form = {"From": CITY, "To": PHONE, "Body": text}
    return await http.post(f"{SEND}.json", data=form, auth=(ACCOUNT, TOKEN))


async def test_threads_files_and_stops_outlive_the_twin(tmp_path: Path) -> None:
    """A twin started again has the texts, how they ended, the photos, and who said STOP."""
    async with twin(tmp_path) as http:
        photo = {"from": PHONE, "body": "pothole", "media": [{"sample": "photo"}]}
        await http.post("/twilio/_control/text", json=photo)
        sent = (await send(http)).json()["sid"]
        async with asyncio.timeout(10):
            while (await phone(http))[-1]["status"] != "delivered":  # noqa: ASYNC110  no event
                await asyncio.sleep(0.01)
        await http.post("/twilio/_control/text", json={"from": PHONE, "body": "STOP"})
        before = await phone(http)
        picture = f"/twilio/_control/files/{before[0]['media'][0]}"
        content = (await http.get(picture)).content
    async with twin(tmp_path) as http:
        assert await phone(http) == before
        assert (await http.get(picture)).content == content
        assert (await send(http)).json()["code"] == 21610
        again = (await http.get(f"{SEND}/{sent}.json", auth=(ACCOUNT, TOKEN))).json()
        assert (again["status"], again["body"]) == ("delivered", "Your report is in.")


async def test_a_cut_or_strange_line_is_left_out(tmp_path: Path) -> None:
    """A file that a kill cut in the middle loses that line, and nothing that is added later."""
    async with twin(tmp_path) as http:
        await send(http, "kept")
    path = tmp_path / "sandbox-twilio.jsonl"
    path.write_text(path.read_text() + '[]\n{"message": {"new": 1}}\n{"message": {"sid"')
    async with twin(tmp_path) as http:
        await send(http, "added")
    async with twin(tmp_path) as http:
        assert [text["body"] for text in await phone(http)] == ["kept", "added"]


async def test_a_reset_is_for_good(tmp_path: Path) -> None:
    """What was forgotten on purpose does not come back, nor do texts still on their way."""
    async with twin(tmp_path) as http:
        await send(http)
        await http.post("/twilio/_control/reset")
        await http.post("/_sandbox/clock", json={"advance_s": 60})
        for _ in range(20):  # lets the receipts that fall due go out
            await asyncio.sleep(0)
    async with twin(tmp_path) as http:
        assert await phone(http) == []
