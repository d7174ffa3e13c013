"""The wired shell: one value that holds every part. `bot/bootstrap.py` makes it."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.clock import Clock
from bot.deeds.outside import Deeds
from bot.desk.board import Board
from bot.desk.desk import Desk
from bot.desk.room import Parts
from bot.following.follow import Follow
from bot.intake import Intake
from bot.looks import Looks
from bot.mail.desk import MailDesk
from bot.outbox import Outbox
from bot.photo_links import PhotoLinks
from bot.photos import Photos
from bot.reading import Reads
from bot.registry import Render, discover_channels
from bot.slack.wiring import SlackSide, open_clerk
from bot.spool.drain import Drain
from bot.spool.spool import Spool
from bot.storage.budgets import Budget
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from bot.storage.pulse import Pulse
from bot.sweeper import Sweeper
from bot.turn import Turns
from bot.wakes import Wakes
from bot.worker import Worker
from conversations.vocabulary.city import City
from conversations.wording.catalogue import Catalogue
from integrations.kit.caller import Caller
from integrations.kit.ports import Geocoder, Messenger, Requests311


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """All parts of one process.

    Attributes:
        settings: as read at start (`bot/settings.py`); parts get plain arguments instead.
        storage, vault, redis, wakes, clock: where things are kept, sealed, announced and timed.
        cities, readers: by slug.
        catalogue: all phrases.
        intake: the front door for messages and receipts.
        looks, deeds, outbox, photos: what turns find out and what leaves the building.
        photo_links: makes and checks the expiring links under which a city sees a photo.
        slack: Slack's parts, or None when no city has a channel there.
        follow: what the holders of links may see and do.
        mail_desk: where mails go, or None when no city has a mail address.
        spool: what this process keeps while the database is away; None but at the doors.
        spool_dir: where this machine's spool lies.
        callers: provider to the one way to call it.
        messengers: by provider; requests311, geocoders: by city slug.
        base_url: our public address, without slash at its end.
        senders: channel to the provider that sends there.
        renders: channel to how it renders.
        concurrency: sends, and deeds, in work at once.
        budget: texts a day for one number and its neighbours.
        pulse: whether the database takes writes.
        desk, board: what staff can do, and what they see.
    """

    settings: Any
    storage: Storage
    vault: Vault
    redis: Redis
    wakes: Wakes
    clock: Clock
    cities: Mapping[str, City]
    readers: Mapping[str, Reads]
    catalogue: Catalogue
    intake: Intake
    looks: Looks
    deeds: Deeds
    outbox: Outbox
    photos: Photos
    photo_links: PhotoLinks
    follow: Follow
    callers: Mapping[str, Caller]
    messengers: Mapping[str, Messenger]
    requests311: Mapping[str, Requests311]
    geocoders: Mapping[str, Geocoder]
    base_url: str = ""
    mail_desk: MailDesk | None = None
    spool: Spool | None = None
    spool_dir: Path = Path(".data/spool")
    senders: Mapping[str, str] = field(default_factory=lambda: {"sms": "twilio"})
    slack: SlackSide | None = None
    renders: Mapping[str, Render] = field(default_factory=discover_channels)
    concurrency: int = 8
    budget: Budget = field(default_factory=Budget)
    name: str = field(default_factory=lambda: process_name())
    pulse: Pulse = field(init=False)
    desk: Desk = field(init=False)
    board: Board = field(init=False)

    def __post_init__(self) -> None:
        """Open the pulse of the database, and the desk and board that staff work with."""
        object.__setattr__(self, "pulse", Pulse(self.storage))
        kept: dict[str, Any] = {
            "storage": self.storage,
            "clock": self.clock,
            "parts": self._parts(),
        }
        object.__setattr__(self, "desk", Desk(**kept, wakes=self.wakes))
        object.__setattr__(self, "board", Board(**kept))

    def turns(self) -> Turns:
        """Return what takes turns in this process, its readers made: no message waits for them."""
        for slug in self.cities:
            _ = self.readers[slug]
        return Turns(
            storage=self.storage,
            vault=self.vault,
            wakes=self.wakes,
            clock=self.clock,
            catalogue=self.catalogue,
            looks=self.looks,
            cities=self.cities,
            readers=self.readers,
            renders=self.renders,
            providers_311=self._providers_311(),
            base_url=self.base_url,
            owner=self.name,
            senders=self.senders,
            budget=self.budget,
        )

    def _providers_311(self) -> dict[str, str]:
        return {slug: port.provider for slug, port in self.requests311.items()}

    def _parts(self) -> Parts:
        """Return what staff's actions need."""
        return Parts(
            vault=self.vault,
            catalogue=self.catalogue,
            cities=self.cities,
            providers_311=self._providers_311(),
        )

    def worker(self) -> Worker:
        """Return the worker of this process."""
        return Worker(
            redis=self.redis,
            wakes=self.wakes,
            turns=self.turns(),
            outbox=self.outbox,
            sweeper=self.sweeper(),
            name=self.name,
            concurrency=self.concurrency,
            clerk=open_clerk(self),
        )

    def sweeper(self) -> Sweeper:
        """Return a sweeper over this process's parts."""
        return Sweeper(
            storage=self.storage,
            vault=self.vault,
            wakes=self.wakes,
            clock=self.clock,
            queue=self.slack.cards.queue if self.slack else None,
        )

    def drain(self) -> Drain:
        """Return what brings this machine's spool into the database."""
        return Drain(
            folder=self.spool_dir,
            vault=self.vault,
            intake=self.intake,
            desk=self.mail_desk,
            beat=self.pulse.beat,
            spool=self.spool,
        )

    def breakers(self) -> dict[str, str]:
        """Return `<provider>.<kind>` to `closed` or `open`, for this process's calls.

        The kind `quota` is open while the day's calls are spent.
        """
        states = {
            f"{name}.{kind}": breaker.is_open
            for name, caller in self.callers.items()
            for kind, breaker in caller.breakers.items()
        }
        states |= {
            f"{name}.quota": caller.is_spent
            for name, caller in self.callers.items()
            if caller.policy.quota_daily is not None
        }
        return {name: "open" if is_open else "closed" for name, is_open in states.items()}

    async def close(self) -> None:
        """Let go of the database and Redis. Work in hand must have ended."""
        if self.spool is not None:
            await self.spool.close()
        await self.intake.finish()
        if self.slack is not None:
            await self.slack.front.finish()
        await self.storage.close()
        await self.redis.aclose()


def process_name() -> str:
    """Return a name no other process has: machine, process id, chance."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
