"""The one place that wires: settings in, a `Shell` out. Nothing else reads settings.

A process that cannot work says why in one plain line per problem and does not start.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.clock import Clock, MovableClock, SystemClock
from bot.deeds.fetch_photos import MediaPort
from bot.deeds.outside import Deeds
from bot.desk.room import Parts
from bot.following.follow import Follow
from bot.intake import Intake
from bot.looks import Looks
from bot.mail.letters import Letters
from bot.mail.wiring import open_blobs, open_desk
from bot.outbox import Outbox
from bot.photo_links import PhotoLinks
from bot.photos import FolderBlobs, Photos
from bot.providers import Providers, open_providers, policies
from bot.reading import Readers
from bot.served import StartError as StartError
from bot.served import load_cities as load_cities
from bot.settings import Settings, SettingsError, read_settings
from bot.shell import Shell
from bot.slack.wiring import name_twin, open_slack
from bot.spool.spool import Spool
from bot.spool.watch import Watch
from bot.spool.wiring import open_spool
from bot.storage import slack_cards
from bot.storage.budgets import Budget
from bot.storage.crypto import Vault
from bot.storage.engine import Storage, StorageAwayError, open_storage
from bot.storage.migrations import is_behind, migrate
from bot.storage.quotas import SqlQuota
from bot.wakes import Wakes
from conversations.vocabulary.city import City
from conversations.wording.catalogue import Catalogue
from integrations.kit.cache import RedisCache
from integrations.kit.discovery import ProviderFolderError
from integrations.kit.logs import set_up_logging
from integrations.kit.ports import Messenger
from integrations.kit.sandbox.app import create_sandbox

REDIS_CONNECTIONS = 20
BLOCKED_READ_S = 8.0
"""Longest wait for Redis' answer; a blocking read of the worker ends well before."""


def checked_settings() -> Settings:
    """Return the settings of this process. Raises `StartError`."""
    try:
        return read_settings()
    except SettingsError as error:
        raise StartError(str(error)) from None


def open_redis(url: str) -> Redis:
    """Return a client that fails fast: nobody may wait long for what only wakes people up.

    The library's own defaults retry ten times with pauses (a refused connection took 4.3 s), and
    its pool raises at its limit instead of waiting.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=REDIS_CONNECTIONS,
        timeout=2,
        socket_timeout=BLOCKED_READ_S,
        socket_connect_timeout=1.0,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)


@asynccontextmanager
async def open_shell(
    settings: Settings | None = None,
    messengers: Mapping[str, Messenger] | None = None,
    media: Mapping[str, MediaPort] | None = None,
    *,
    doors: bool = False,
) -> AsyncIterator[Shell]:
    """Wire one process, hand out its shell, and let go of everything at the end.

    Args:
        settings: read from the environment when not given.
        messengers: further messengers by provider (the terminal's).
        media: further sources of attachments by provider.
        doors: messages come in from outside here, so there must be a spool for them.

    Raises:
        StartError: see `checked_settings`, `load_cities`; or the database cannot be reached, or
            its schema is behind; or the spool cannot be written.
    """
    settings = settings or checked_settings()
    set_up_logging(logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO))
    cities = load_cities(settings)
    spool = open_spool(settings, open_vault(settings)) if doors else None
    storage = await open_migrated(settings)
    redis = open_redis(settings.redis_url)
    clock = open_clock(settings)
    quota = SqlQuota(storage, policies(settings), clock.now)
    cache = RedisCache(redis, settings.blind_index_keys()[0])
    async with open_providers(settings, quota, cache, redis) as providers:
        providers = dataclasses.replace(
            providers,
            messengers={**providers.messengers, **(messengers or {})},
            media={**providers.media, **(media or {})},
        )
        shell = _wire(settings, cities, storage, redis, clock, providers, spool)
        try:
            yield shell
        finally:
            await shell.close()


async def _open_database(settings: Settings) -> Storage:
    storage = open_storage(settings.database_url)
    try:
        await storage.ping()
    except StorageAwayError as error:
        await storage.close()
        raise StartError(f"DATABASE_URL: the database does not answer ({error})") from None
    return storage


async def open_migrated(settings: Settings) -> Storage:
    """Return the database; one without our tables would answer, and keep no text."""
    storage = await _open_database(settings)
    if await storage.read(is_behind):
        await storage.close()
        raise StartError("DATABASE_URL: no schema there, or an old one; run  main.py migrate")
    return storage


def open_vault(settings: Settings) -> Vault:
    """Return the vault over this installation's keys."""
    return Vault(settings.field_keys(), settings.blind_index_keys())


def _wire(
    settings: Settings,
    cities: Mapping[str, City],
    storage: Storage,
    redis: Redis,
    clock: Clock,
    providers: Providers,
    spool: Spool | None,
) -> Shell:
    """Put the parts together."""
    vault = open_vault(settings)
    wakes = Wakes(redis)
    base = settings.public_base_url.rstrip("/")
    kept: dict[str, Any] = {"storage": storage, "vault": vault, "clock": clock, "cities": cities}
    talking: dict[str, Any] = {
        "readers": Readers(cities),
        "catalogue": Catalogue.load(),
    }
    told: dict[str, Any] = {**kept, "catalogue": talking["catalogue"]}
    requests311 = dict.fromkeys(cities, providers.requests311)
    geocoders = dict.fromkeys(cities, providers.geocoder)
    photos = Photos(vault, FolderBlobs(Path(settings.data_dir) / "photos"))
    mail_blobs = open_blobs(vault, settings.data_dir)
    media = {**providers.media, settings.mail_provider: mail_blobs}
    links = PhotoLinks(settings.blind_index_keys()[0], base, clock.now)
    named = {slug: port.provider for slug, port in requests311.items()}
    parts = Parts(vault, talking["catalogue"], cities, named)
    slack = open_slack(settings, kept, parts, wakes, providers.callers.get("slack"), redis)
    doing: dict[str, Any] = {"photos": photos, "requests311": requests311, "media": media}
    drawing = {slack_cards.NAME: slack.cards.draw} if slack else None
    deeds = Deeds(**kept, **doing, photo_link=links.make, further=drawing)
    intake = Intake(**told, wakes=wakes, opt_out=settings.twilio_opt_out, spool=spool)
    return Shell(
        **kept,
        **talking,
        settings=settings,
        redis=redis,
        wakes=wakes,
        intake=intake,
        follow=Follow(**told, wakes=wakes, maps=providers.maps),
        mail_desk=open_desk(settings, kept, intake, mail_blobs, spool),
        spool=spool,
        spool_dir=settings.spool_folder,
        slack=slack,
        looks=Looks(**kept, geocoders=geocoders),
        deeds=deeds,
        outbox=_build_outbox(settings, told, wakes, deeds, providers),
        photos=photos,
        photo_links=links,
        callers=providers.callers,
        senders={
            "sms": "twilio",
            **({"email": settings.mail_provider} if settings.mail_on else {}),
        },
        messengers=providers.messengers,
        requests311=requests311,
        geocoders=geocoders,
        base_url=base,
        concurrency=settings.worker_concurrency,
        budget=Budget(settings.sms_per_number_daily, settings.sms_per_prefix_daily),
    )


def _build_outbox(
    settings: Settings, told: Mapping[str, Any], wakes: Wakes, deeds: Deeds, providers: Providers
) -> Outbox:
    """Return what delivers; `told` are the parts that what is said needs."""
    base = settings.public_base_url.rstrip("/")
    letters = Letters(**told, base_url=base, maps=providers.maps is not None)
    return Outbox(
        storage=told["storage"],
        vault=told["vault"],
        clock=told["clock"],
        wakes=wakes,
        deeds=deeds,
        messengers=providers.messengers,
        callback_url={"twilio": f"{base}/in/twilio/status"},
        composers={"email": letters},
        watch=Watch(settings.spool_folder, told["vault"]),
    )


def open_clock(settings: Settings) -> Clock:
    """Return the clock: the machine's, or in the playground one that can be moved."""
    return MovableClock(Path(settings.data_dir)) if settings.playground else SystemClock()


async def migrate_database() -> None:
    """Bring the schema of the configured database up to date. Raises `StartError`."""
    settings = checked_settings()
    storage = await _open_database(settings)
    try:
        await migrate(storage)
    finally:
        await storage.close()


def build_sandbox(settings: Settings | None = None) -> FastAPI:
    """Return the sandbox with the accounts and keys of this installation. Raises `StartError`."""
    settings = settings or checked_settings()
    cities = load_cities(settings)
    numbers = [number for city in cities.values() for number in city.sms_numbers]
    try:
        return create_sandbox(
            public_base_url=settings.public_base_url,
            addresses_only=True,
            twilio_token=settings.twilio_auth_tokens[0].get_secret_value(),
            settings={
                "twilio_account_sid": settings.twilio_account_sid,
                "twilio_number": numbers[0] if numbers else "",
                "geoclient_app_id": settings.geoclient_app_id,
                "geoclient_app_key": settings.geoclient_app_key.get_secret_value(),
                "geoclient_subscription_key": (
                    settings.geoclient_subscription_key.get_secret_value()
                ),
                "mapbox_token": settings.mapbox_access_token.get_secret_value(),
                "mail_address": next(
                    (box for city in cities.values() for box in city.mailboxes), ""
                ),
                "sendgrid_api_key": settings.sendgrid_api_key.get_secret_value(),
                "sendgrid_signing_key": settings.sandbox_signing_key.get_secret_value(),
                **name_twin(settings),
                "nyc311_key": settings.nyc311_key.get_secret_value(),
                # What the twins remember when the embedded form starts again: what was filed, the
                # texts on the phones, how far the clock was moved (the service reads it there).
                "state_dir": settings.data_dir,
            },
        )
    except ProviderFolderError as error:
        raise StartError(str(error)) from None
