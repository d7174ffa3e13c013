"""A request with a story and links to it, over the real storage: what the page tests share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
from sqlalchemy import text as sql
from starlette.applications import Starlette

from bot.following.follow import Follow
from bot.storage import conversations, inbox, residents, service_requests, timeline, tokens
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from bot.storage.metadata import to_ms
from bot.storage.timeline import Kind
from bot.wakes import Wakes
from conversations.engine.talk import Talk
from conversations.vocabulary.handles import mailto
from conversations.wording.catalogue import Catalogue
from integrations.cities import load_city
from integrations.kit.errors import TimedOut
from webhooks.pages.follow.routes import follow_routes

CANARIES = ("Zacharias", "canary-words", "canary-note", "jane.canary", "123", "4B", "9175550142")
"""What is personal in the request below; no page may hold one of them."""

PLACE = {
    "label": "123 Broadway, Brooklyn", "kind": "address", "latitude": 40.71277,
    "longitude": -73.96123, "house": "123", "street": "Broadway", "borough": "Brooklyn",
}  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
NUMBER = "NYC311-2025-0456-7890"


class Painter:
    """A map maker that draws, or does not."""

    provider = "painter"

    def __init__(self) -> None:
        self.picture = PNG
        self.asked: list[tuple[float, float, bool]] = []
        self.away = False

    async def draw(self, latitude: float, longitude: float, *, dark: bool = False) -> bytes:
        """Return a picture."""
        if self.away:
            raise TimedOut("painter", "static")
        self.asked.append((latitude, longitude, dark))
        return self.picture + (b"dark" if dark else b"light")


@dataclass
class Street:
    """A resident, their request, and the words of the links they were sent."""

    storage: Storage
    vault: Vault
    clock: Any
    follow: Follow
    painter: Painter
    http: httpx.AsyncClient
    app: Starlette
    ids: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    async def rows(self, statement: str) -> list[Any]:
        """Return the rows of a query."""
        return await self.storage.read(lambda c: list(c.execute(sql(statement)).all()))

    async def events(self) -> list[Mapping[str, Any]]:
        """Return what waits for the conversation to think about."""
        rows = await self.rows("SELECT id, event_box, state FROM inbox ORDER BY id")
        return [
            self.vault.open("inbox.event", row.id, row.event_box)
            for row in rows
            if row.state == "waiting"
        ]

    async def happens(self, kind: Kind, status: str | None = None, **data: Any) -> None:
        """Add to the story of the request; a status changes the request too."""
        now = to_ms(self.clock.now())

        def add(connection: Any) -> None:
            request = self.ids["request"]
            if status is not None:
                data["status"] = status
                report = service_requests.read(connection, self.vault, request)
                assert report is not None
                service_requests.change(
                    connection, self.vault, report, now=now, status=status, number=NUMBER
                )
            timeline.add(connection, self.vault, request, kind, now, data)

        await self.storage.write(add)
        self.clock.advance(3600)


async def open_street(
    storage: Storage, redis: Any, vault: Vault, clock: Any, *, language: str = "en", **place: Any
) -> Street:
    """Return a street with one reported pothole in it; `place` changes where it is."""
    city = load_city("nyc")
    painter = Painter()
    follow = Follow(
        storage=storage, vault=vault, clock=clock, wakes=Wakes(redis),
        catalogue=Catalogue.load(), cities={"nyc": city}, maps=painter,
    )  # fmt: skip
    shell: Any = SimpleNamespace(follow=follow, cities={"nyc": city})
    app = Starlette(routes=follow_routes(shell))
    transport = httpx.ASGITransport(app)
    http = httpx.AsyncClient(transport=transport, base_url="http://city.example")
    street = Street(storage, vault, clock, follow, painter, http, app)
    await storage.write(lambda c: _settle(c, street, language, {**PLACE, **place}))
    return street


def _settle(connection: Any, street: Street, language: str, place: Mapping[str, Any]) -> None:
    """Write the resident, the conversation, the request and the tokens."""
    vault, now = street.vault, to_ms(street.clock.now())
    handle = mailto("jane.canary@home.example")
    person = residents.find_or_open(connection, vault, {handle}, now)[handle]
    key = ("nyc", "email", person.id)
    office = ("sendgrid", "mailto:311@reply.city.example")
    talk = conversations.find_or_open(connection, {key: office}, now)[key]
    leased = conversations.lock_free(connection, vault, [talk])[talk]
    conversations.lease(connection, [talk], "test", 60_000)
    memory = conversations.Memory(leased, Talk.new(language).to_json(), office[1], now)
    conversations.save(connection, vault, [memory])
    report = service_requests.open_report(
        connection, vault, city="nyc", resident_id=person.id, conversation_id=talk,
        report={
            "type_key": "pothole", "complaint_type": "Street Condition", "descriptor": "Pothole",
            "agency": "DOT", "place": dict(place), "updates": True, "name": "Zacharias Canary",
            "details": {"words": "canary-words, call 9175550142", "apartment": "4B"},
        },
        flight="flight", now=now,
    )  # fmt: skip
    street.ids = {"resident": person.id, "conversation": talk, "request": report.id}
    held = inbox.NewEvent(
        conversation_id=talk, kind="heard", dedupe="held", trace_id="t", state="held",
        reason="unproven", event={"text": "canary-words"},
    )  # fmt: skip
    inbox.add(connection, vault, [held], now)
    (row,) = connection.execute(sql("SELECT id FROM inbox WHERE state='held'")).all()
    about: dict[str, dict[str, str]] = {"page": {"request_id": report.id}}
    about["release"] = {"inbox_id": row.id}
    for purpose in ("page", "unsubscribe", "release", "mail"):
        token = tokens.make(
            vault, purpose, resident_id=person.id, conversation_id=talk, now=now,
            **about.get(purpose, {}),
        )  # fmt: skip
        tokens.keep(connection, vault, [token], now)
        street.words[purpose] = token.word
