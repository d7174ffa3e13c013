"""What the doors need of the shell, as protocols. The wiring itself is `bot/bootstrap.py`.

Naming the needs here keeps every door testable with a ten-line fake, and shows at a glance how
little of the shell HTTP may touch.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from pydantic import SecretStr
from redis.asyncio import Redis

from conversations.vocabulary.city import City
from conversations.vocabulary.mail import InboundMail
from conversations.vocabulary.messages import InboundMessage, Receipt
from integrations.slack.payload import StaffEvent


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
    def sendgrid_inbound_keys(self) -> tuple[str, ...]:
        """Return the public keys that sign mails; empty: a login instead."""

    @property
    def sendgrid_inbound_login(self) -> SecretStr:
        """Return user:password of the mail webhook, or an empty one."""

    @property
    def sendgrid_event_keys(self) -> tuple[str, ...]:
        """Return the public keys that sign events; empty: no such door."""

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

    @property
    def spooled(self) -> bool:
        """Return whether it waits on the disk for the database."""


class Intake(Protocol):
    """The front door of `bot/intake.py`."""

    async def accept(self, city_slug: str, message: InboundMessage, /) -> Accepted:
        """Store the message durably; any exception means it was not stored."""

    async def accept_receipt(self, receipt: Receipt, /) -> Any:
        """Store what a provider reports about a message we sent."""

    async def accept_receipts(self, receipts: Sequence[Receipt], /) -> Any:
        """Store many such reports in one transaction."""


class MailDesk(Protocol):
    """Where mails go (`bot/mail/desk.py`)."""

    async def accept(self, mail: InboundMail, /) -> str:
        """Keep a mail and take it in; any exception means it was not kept."""

    async def keep_unread(self, body: bytes, /) -> None:
        """Keep what is genuine and no mail we understand."""


class Clock(Protocol):
    """Tells the time (`bot/clock.py`)."""

    def now(self) -> datetime:
        """Return the present moment, with zone."""


class Front(Protocol):
    """Where doors bring what staff did in Slack (`bot/slack/front.py`)."""

    async def accept(self, event: StaffEvent, /) -> str:
        """Keep it once; any exception means it was not kept."""


class SlackSide(Protocol):
    """Slack's parts (`bot/slack/wiring.py`)."""

    @property
    def front(self) -> Front:
        """Return where what staff did goes."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what signs Slack's requests, the current one first."""


class Follow(Protocol):
    """What the holders of links may see and do (`bot/following/follow.py`)."""

    @property
    def languages(self) -> Sequence[str]:
        """Return the languages we have."""

    async def read(self, word: str, /) -> Any:
        """Return the page of a request, or None for a link that does not work."""

    async def picture(self, word: str, /, *, dark: bool = False) -> bytes | None:
        """Return the picture of the block, or None."""

    async def about(self, purpose: str, word: str, /) -> Any:
        """Return what a page for one press shows, or None for a link that does not work."""

    async def answer(self, word: str, fixed: bool, /) -> bool:
        """Take in whether it is fixed."""

    async def mute(self, word: str, /) -> bool:
        """Stop news of one request."""

    async def unsubscribe(self, word: str, /) -> bool:
        """Stop all notices to a mailbox."""

    async def release(self, word: str, /) -> bool:
        """Let a mail go on that its sender has proven."""

    def say(self, language: str, key: str, values: Mapping[str, Any], /) -> str:
        """Return a phrase."""


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
    def mail_desk(self) -> MailDesk | None:
        """Return where mails go, or None when no city has a mail address."""

    @property
    def slack(self) -> SlackSide | None:
        """Return Slack's parts, or None when no city has a channel there."""

    @property
    def clock(self) -> Clock:
        """Return the clock."""

    @property
    def follow(self) -> Follow:
        """Return what the holders of links may see and do."""

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
