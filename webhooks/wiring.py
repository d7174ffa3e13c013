"""What the doors need of the shell, as protocols. The wiring itself is `bot/bootstrap.py`.

Naming the needs here keeps every door testable with a ten-line fake, and shows at a glance how
little of the shell HTTP may touch.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from pydantic import SecretStr
from redis.asyncio import Redis

from conversations.vocabulary.city import City
from conversations.vocabulary.messages import InboundMessage, Receipt


class Settings(Protocol):
    """The settings that doors read (`bot/settings.py`)."""

    @property
    def public_base_url(self) -> str:
        """Return how providers reach us."""

    @property
    def twilio_account_sid(self) -> str:
        """Return our Twilio account; webhooks of another one are refused."""

    @property
    def twilio_auth_tokens(self) -> tuple[SecretStr, ...]:
        """Return the tokens that sign Twilio's webhooks, the current one first."""

    @property
    def metrics_token(self) -> SecretStr:
        """Return the bearer token of `/metrics`, or an empty one."""

    @property
    def playground(self) -> bool:
        """Return whether the playground is served."""

    @property
    def sandbox_url(self) -> str:
        """Return where the twins are, or an empty text."""


class Accepted(Protocol):
    """What intake says of a message: `new` is False for one it already had."""

    @property
    def new(self) -> bool:
        """Return whether the message was seen for the first time."""


class Intake(Protocol):
    """The front door of `bot/intake.py`."""

    async def accept(self, city_slug: str, message: InboundMessage, /) -> Accepted:
        """Store the message durably; any exception means it was not stored."""

    async def accept_receipt(self, receipt: Receipt, /) -> Any:
        """Store what a provider reports about a message we sent."""


class Pulse(Protocol):
    """What tells whether the database takes writes (`bot/storage/pulse.py`)."""

    def beat(self) -> Awaitable[Any]:
        """Return when it took one, or raise."""


class Photos(Protocol):
    """The kept photos (`bot/photos.py`)."""

    async def read(self, photo_id: str, /) -> bytes | None:
        """Return a picture, or None when there is none."""


class PhotoLinks(Protocol):
    """What checks the links to photos (`bot/photo_links.py`)."""

    def check(self, token: str, /) -> str | None:
        """Return the photo's id, or None when the link is forged or has ended."""


class Shell(Protocol):
    """The parts of `bot.shell.Shell` that doors use."""

    @property
    def photos(self) -> Photos:
        """Return the kept photos."""

    @property
    def photo_links(self) -> PhotoLinks:
        """Return what checks links to photos."""

    @property
    def settings(self) -> Settings:
        """Return the settings."""

    @property
    def intake(self) -> Intake:
        """Return the intake."""

    @property
    def cities(self) -> Mapping[str, City]:
        """Return the served cities by slug."""

    @property
    def pulse(self) -> Pulse:
        """Return what tells whether the database takes writes."""

    @property
    def redis(self) -> Redis:
        """Return the Redis client."""

    def breakers(self) -> Mapping[str, str]:
        """Return provider to `closed`, `open` or `half-open`."""
