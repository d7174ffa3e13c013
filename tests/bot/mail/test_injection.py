"""What residents, the street map and the city write is text in our mails and pages, never more."""

from __future__ import annotations

import json
import unicodedata
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.chores import poll_status
from conversations.vocabulary.requests import RequestStatus
from integrations.kit.dto import ServiceRequestDTO
from integrations.kit.sandbox.world import DEFAULTS
from integrations.sendgrid.adapter import SendgridAdapter
from tests.bot.mail.hostile import payloads
from tests.bot.mail.real import BASE, RealHouse
from tests.integrations.twins import open_stage
from webhooks.pages.follow.routes import follow_routes

SINKS = 5
OURS = (f"{BASE}/", "/", "tel:311")
TAGS = frozenset(
    ("html", "head", "meta", "title", "style", "body", "table", "tr", "td", "div", "p", "h1", "h2",
     "ol", "ul", "li", "a", "br", "img", "link", "main", "section", "span", "strong", "form",
     "button", "blockquote", "figure", "picture", "source")
)  # fmt: skip
HEADERS = frozenset(
    ("auto-submitted", "x-auto-response-suppress", "x-cityhelper-loop", "message-id", "references",
     "in-reply-to", "list-unsubscribe", "list-unsubscribe-post")
)  # fmt: skip


class Live(HTMLParser):
    """Collects what is alive in a page: tags, links, handlers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what must not be there."""
        if tag not in TAGS:
            self.found.append(tag)
        for name, value in attrs:
            strange = name in ("href", "src", "action") and not str(value).startswith(OURS)
            if name.startswith("on") or strange or str(value).startswith("//"):
                self.found.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.found.append(f"comment {data}")


def check_mail(body: Any, resident: str) -> None:
    """Fail when a mail, as the twin received it, has more in it than ours."""
    assert body["personalizations"] == [{"to": [{"email": resident}]}]
    assert {name.lower() for name in body["headers"]} <= HEADERS
    for line in (body["subject"], body["from"]["name"], *body["headers"].values()):
        assert [mark for mark in line if unicodedata.category(mark) in ("Cc", "Zl", "Zp")] == []
    plain, page = (part["value"] for part in body["content"])
    assert Live(page).found == []
    assert "\r" not in plain
    assert "\x00" not in plain + page
    assert "\x1b" not in plain + page


async def open_pages(real: RealHouse, words: list[str]) -> list[str]:
    """Return the pages behind links, and check each."""
    app = Starlette(routes=list(follow_routes(real.house.shell)))
    transport = httpx.ASGITransport(app=app)
    shown = []
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        for word in words:
            for path in (f"/r/{word}", f"/r/{word}/not-fixed", f"/u/{word}", f"/m/{word}"):
                answer = await http.get(path)
                assert answer.status_code in (200, 404)
                assert Live(answer.text).found == [], path
                shown.append(answer.text)
    return shown


async def report(real: RealHouse, number: int, texts: list[str]) -> str:
    """Let one resident report with hostile words, and the city close it with others."""
    subject, name, words, label, resolution = texts
    resident = f"r{number}@home.example"
    real.streets.label = f"{label}, Brooklyn"
    if not name.isprintable():
        name = "Resident"  # such a mail has no sender beyond doubt, and is not answered
    await real.write(
        resident, f"pothole at 12 Main St, Brooklyn. {words}",
        subject=" ".join(subject.split()), name=" ".join(name.split()),
    )  # fmt: skip
    await real.write(resident, "1", real.reply_address(resident))
    for _ in range(2):  # if its words made the conversation ask something first
        if len(real.house.requests.filed) <= number:
            await real.write(resident, "1", real.reply_address(resident))
    real.resolution = resolution
    return resident


@pytest.mark.parametrize("part", range(4))
async def test_nothing_from_outside_comes_alive(
    real: RealHouse, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over 500 texts as subject, name, words, place, the city's answer: nothing but text."""
    texts = list(payloads())
    assert len(texts) >= 500
    own = [texts[at : at + SINKS] for at in range(part * SINKS, len(texts) - SINKS, 4 * SINKS)]

    async def status(number: str, **_: Any) -> ServiceRequestDTO:
        closed = RequestStatus.CLOSED
        return ServiceRequestDTO(
            external_id=number, external_status="Closed", status=closed, resolution=real.resolution
        )

    monkeypatch.setattr(real.house.requests, "status", status)
    residents = []
    for number, chosen in enumerate(own):
        residents.append(await report(real, number, chosen))
        real.clock.advance(4 * 3600)
        await poll_status.run(real.house.shell)
        await real.house.work()
    assert len(real.sent) >= 2 * len(own)
    escaped = 0
    async with open_stage("sendgrid") as stage:
        adapter = SendgridAdapter(
            stage.caller, api_key=DEFAULTS["sendgrid_api_key"], base_url=stage.url("").rstrip("/")
        )
        for sent in real.sent:
            await adapter.send(sent)
            (entry,) = stage.world.journal.entries("sendgrid", operation="send")[-1:]
            body = entry.request if isinstance(entry.request, dict) else json.loads(entry.request)
            check_mail(body, sent.recipient.removeprefix("mailto:"))
            escaped += "&lt;" in body["content"][1]["value"]
    assert escaped >= len(own) // 4  # they do come as far as that
    links = [sent.text.partition("/r/")[2][:26] for sent in real.sent if "/r/" in sent.text]
    assert len(links) >= len(own)
    await open_pages(real, links[-20:])
