"""What stands in for a messaging provider at the keyboard: printed replies, a sample photo."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from datetime import datetime

from conversations.vocabulary.messages import OutboundMessage
from integrations.kit.dto import SentMessageDTO


class TerminalMessenger:
    """Hands every reply to `show` and remembers it; nothing can go wrong on the way.

    Args:
        show: takes the text of one reply.
    """

    provider = "terminal"
    can_find = True

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._sent: dict[str, SentMessageDTO] = {}
        self._news = asyncio.Event()

    async def send(self, message: OutboundMessage) -> SentMessageDTO:
        """Show one reply."""
        self._show(message.text)
        sent = SentMessageDTO(provider_message_id=message.intent, status="delivered")
        self._sent[message.intent] = sent
        self._news.set()
        return sent

    async def find(self, message: OutboundMessage, since: datetime) -> SentMessageDTO | None:
        """Return the reply if it was shown."""
        return self._sent.get(message.intent)

    def expect(self) -> None:
        """Forget what was shown so far, for `wait`."""
        self._news.clear()

    async def wait(self, seconds: float) -> bool:
        """Return True when a reply comes within `seconds` of now, False when none does."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        return True


class TerminalPhotos:
    """Gives the one sample photo there is: a grey square of eight by eight pixels."""

    async def fetch(self, url: str) -> bytes:
        """Return a PNG."""
        return base64.b64decode(_GREY_SQUARE)


_GREY_SQUARE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGNogAIGyhgAgIQgAQ2AJGEA"
    "AAAASUVORK5CYII="
)
