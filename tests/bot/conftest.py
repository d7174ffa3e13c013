"""A whole shell over fakes: an engine that does what the text says, and providers that record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import text as sql

import bot.turn
from bot.deeds.outside import Deeds
from bot.intake import Intake
from bot.looks import Looks
from bot.outbox import Outbox
from bot.photos import FolderBlobs, Photos
from bot.shell import Shell, process_name
from bot.spool.spool import Spool
from bot.spool.watch import Watch
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from bot.wakes import Wakes
from conversations.engine.talk import Talk
from conversations.reading.result import Reading, TypeGuess
from conversations.vocabulary.city import City
from conversations.vocabulary.effects import Do, Effect, Look, Remind, Say
from conversations.vocabulary.events import Elapsed, Event, Happened, Heard, Learned
from conversations.vocabulary.handles import tel
from conversations.vocabulary.messages import InboundMessage, Media, OutboundMessage
from conversations.vocabulary.places import AddressText, GeocodeStatus, Place, PlaceKind
from conversations.vocabulary.requests import RequestStatus
from integrations.kit.dto import GeocodeDTO, SentMessageDTO, ServiceRequestDTO

OFFICE = tel("+13115550000")
PLACE = Place("123 Broadway, Brooklyn", PlaceKind.ADDRESS, 40.7, -73.9)


def fake_step(talk: Talk, event: Event, given: Any) -> tuple[Talk, tuple[Effect, ...]]:
    """An engine that does what the text says (`look`, `submit`, `leave`, ...) or echoes it."""
    if isinstance(event, Learned):
        return talk, (Say("echo", {"text": f"learned {event.answer}"}),)
    if isinstance(event, Elapsed):
        return talk, (Say("echo", {"text": f"elapsed {event.kind}"}),)
    if isinstance(event, Happened):
        return talk, (Say("echo", {"text": f"{event.kind} {event.data.get('number', '')}"}),)
    assert isinstance(event, Heard)
    word, _, rest = event.text.partition(" ")
    if word == "look":
        args = {"address": AddressText(rest).to_json()} if rest == "geocode" else {"number": rest}
        return talk, (Look("k", "geocode" if rest == "geocode" else "request", args),)
    if word == "submit":
        args = {"type_key": "pothole", "complaint_type": "Street Condition", "agency": "DOT",
                "descriptor": "Pothole", "place": {**PLACE.to_json(), "label": rest or "here"},
                "updates": True, "photos": list(event.photos)}  # fmt: skip
        return talk, (Do("submit", args), Say("echo", {"text": "submitting"}, hold_s=5))
    if word == "remind":
        return talk, (Remind("nudge", int(rest)), Say("echo", {"text": "ok"}))
    if word == "leave":
        return talk, (Do("opt_out", {"method": "asked"}), Say("echo", {"text": "stopped"}))
    if word == "crash":
        raise RuntimeError("a defect")
    if word == "quiet":
        return talk, ()
    return talk, (Say("echo", {"text": event.text + " photo" * len(event.photos)}),)


def fake_render(_catalogue: Any, _language: str, says: Sequence[Say]) -> str:
    """Return the says' own words."""
    return " / ".join(
        str(say.values.get("text") or say.values.get("link") or say.phrase) for say in says
    )


class FakeReader:
    """Knows one free text that means stop."""

    def read(self, text: str, language: str | None = None) -> Reading:
        """Return a reading."""
        stop = "please stop texting" in text.lower()
        danger = "emergency" if "fire" in text else None
        return Reading(text, language or "en", opt_out="yes" if stop else "no", emergency=danger)

    def read_types(self, text: str, language: str) -> tuple[TypeGuess, ...]:
        """Return no request type."""
        return ()


class FakeCatalogue:
    """Writes a phrase as its key, with the language unless it is English."""

    def on(self, channel: str) -> FakeCatalogue:
        """Return the same on every channel."""
        return self

    def text(self, language: str, say: Say) -> str:
        """Return the key."""
        return f"[{say.phrase}]" if language == "en" else f"[{say.phrase} {language}]"


@dataclass
class FakeMessenger:
    """Records what is sent; raises what it is told to, before or after taking the message."""

    provider: str = "twilio"
    can_find: bool = True
    sent: list[OutboundMessage] = field(default_factory=list)
    before: list[Exception] = field(default_factory=list)
    after: list[Exception] = field(default_factory=list)
    pause_s: float = 0.0

    async def send(self, message: OutboundMessage) -> SentMessageDTO:
        """Take one message."""
        if self.before:
            raise self.before.pop(0)
        if self.pause_s:
            await asyncio.sleep(self.pause_s)
        self.sent.append(message)
        if self.after:
            raise self.after.pop(0)
        return SentMessageDTO(provider_message_id=f"SM{len(self.sent)}", status="queued")

    async def find(self, message: OutboundMessage, since: datetime) -> SentMessageDTO | None:
        """Return a message taken before."""
        for index, known in enumerate(self.sent, 1):
            if (known.recipient, known.text) == (message.recipient, message.text):
                return SentMessageDTO(provider_message_id=f"SM{index}", status="sent")
        return None

    def texts(self) -> list[str]:
        """Return the texts sent, in order."""
        return [message.text for message in self.sent]


@dataclass
class FakeRequests:
    """A city's 311."""

    provider: str = "nyc311"
    can_lookup: bool = False
    has_idempotency_key: bool = False
    index_lag_s: float = 0.0
    filed: list[Any] = field(default_factory=list)
    before: list[Exception] = field(default_factory=list)
    after: list[Exception] = field(default_factory=list)
    statuses: dict[str, RequestStatus] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def submit(self, draft: Any) -> ServiceRequestDTO:
        """File one report."""
        if self.before:
            raise self.before.pop(0)
        self.filed.append(draft)
        if self.after:
            raise self.after.pop(0)
        number = f"NYC311-{len(self.filed):04}"
        return ServiceRequestDTO(
            external_id=number, external_status="Open", status=RequestStatus.OPEN
        )

    async def status(
        self, external_id: str, *, purpose: str = "lookup"
    ) -> ServiceRequestDTO | None:
        """Return what the test says it is."""
        self.asked.append(purpose)
        status = self.statuses.get(external_id, RequestStatus.OPEN)
        return ServiceRequestDTO(
            external_id=external_id, external_status=status.value, status=status
        )


class FakeGeocoder:
    """Finds one place; slow when told to be."""

    provider = "geoclient"
    pause_s = 0.0

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return the place."""
        await asyncio.sleep(self.pause_s)
        return GeocodeDTO(status=GeocodeStatus.EXACT, places=(PLACE,), provider="geoclient")


class FakeMedia:
    """Serves attachments by URL."""

    def __init__(self) -> None:
        self.content: dict[str, bytes | Exception] = {}

    async def fetch(self, url: str) -> bytes:
        """Return what the test put there."""
        found = self.content[url]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class House:
    """A shell, its fakes, and short words for driving it."""

    shell: Shell
    messenger: FakeMessenger
    requests: FakeRequests
    geocoder: FakeGeocoder
    media: FakeMedia
    turns: Any
    count: int = 0

    async def hear(
        self, text: str, number: str = "+17185550100", sid: str = "", **more: Any
    ) -> Any:
        """Accept one message."""
        self.count += 1
        given = more.pop("media", ())
        media = tuple(m if isinstance(m, Media) else Media(m, "image/jpeg") for m in given)
        message = InboundMessage(
            provider=more.pop("provider", "twilio"),
            provider_message_id=sid or f"SM-in-{self.count}",
            channel="sms",
            sender=tel(number),
            recipient=OFFICE,
            text=text,
            received_at=self.shell.clock.now(),
            media=media,
            **more,
        )
        return await self.shell.intake.accept("nyc", message)

    async def work(self) -> None:
        """Do everything that waits, in this task, without Redis: what a sweep would find."""
        for _ in range(12):
            rows = await self.rows(
                "SELECT DISTINCT conversation_id FROM inbox WHERE state='waiting'"
            )
            await asyncio.gather(*(self.turns.take(row[0]) for row in rows))
            now = round(self.shell.clock.now().timestamp() * 1000)
            due = await self.rows(
                f"SELECT id FROM outbox WHERE state='queued' AND next_attempt_at<={now} ORDER BY id"
            )
            for row in due:
                await self.shell.outbox.deliver(row[0])
            await self.shell.outbox.finish()
            await self.turns.finish()
            if not rows and not due:
                return

    async def finish(self) -> None:
        """Wait until everything in hand is committed."""
        await self.turns.finish()
        await self.shell.outbox.finish()
        await self.shell.intake.finish()

    async def rows(self, statement: str) -> list[Any]:
        """Return the rows of a query."""
        return await self.shell.storage.read(lambda c: list(c.execute(sql(statement)).all()))

    async def change(self, statement: str) -> None:
        """Change the database behind the shell's back."""
        await self.shell.storage.write(lambda c: c.execute(sql(statement)))


def build_house(
    storage: Storage,
    redis: Redis,
    vault: Vault,
    clock: Any,
    folder: Path,
    spool: Spool | None = None,
) -> House:
    """Return a shell over fakes; with a spool it is one of the doors' processes."""
    city = City(
        slug="nyc", name="New York City", short_name="New York", timezone="America/New_York",
        country="US", languages=("en", "es"), phone="311", website="nyc.gov/311",
        phone_hours={}, boroughs=(), bounds=(40.4, -74.3, 41.0, -73.6), request_types={},
        concepts={}, tracking_patterns=(), sms_numbers=("+13115550000",),
        mailboxes=("311@reply.city.example",),
    )  # fmt: skip
    cities: Mapping[str, City] = {"nyc": city}
    readers = {"nyc": FakeReader()}
    messenger, requests, geocoder = FakeMessenger(), FakeRequests(), FakeGeocoder()
    media = FakeMedia()
    wakes = Wakes(redis)
    photos = Photos(vault, FolderBlobs(folder / "photos"))
    base: dict[str, Any] = {"storage": storage, "vault": vault, "clock": clock}
    catalogue: Any = FakeCatalogue()
    nobody: Any = None
    looks = Looks(**base, cities=cities, geocoders={"nyc": geocoder})
    deeds = Deeds(
        **base, photos=photos, cities=cities, requests311={"nyc": requests}, media={"twilio": media}
    )
    outbox = Outbox(
        **base, wakes=wakes, deeds=deeds, messengers={"twilio": messenger, "sendgrid": messenger},
        callback_url={"twilio": "https://city.example/in/twilio/status"},
        watch=Watch(folder / "spool", vault),
    )  # fmt: skip
    intake = Intake(**base, wakes=wakes, cities=cities, catalogue=catalogue, spool=spool)
    shell = Shell(
        **base, settings=None, redis=redis, wakes=wakes, cities=cities, readers=readers,
        catalogue=catalogue, intake=intake, looks=looks, deeds=deeds, outbox=outbox, photos=photos,
        messengers={"twilio": messenger}, requests311={"nyc": requests},
        geocoders={"nyc": geocoder}, renders=dict.fromkeys(("sms", "email"), fake_render),
        name=process_name(), photo_links=nobody, follow=nobody, callers={}, spool=spool,
        spool_dir=folder / "spool",
    )  # fmt: skip
    return House(shell, messenger, requests, geocoder, media, shell.turns())


@pytest.fixture
def fake_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the fake engine in the real one's place."""
    monkeypatch.setattr(bot.turn, "step", fake_step)
    monkeypatch.setattr(bot.turn, "discover_flows", dict)


@pytest.fixture
async def house(
    storage: Storage, redis: Redis, vault: Vault, clock: Any, tmp_path: Path, fake_engine: None
) -> AsyncIterator[House]:
    """A shell over fakes, on both databases."""
    built = build_house(storage, redis, vault, clock, tmp_path)
    yield built
    await built.finish()
