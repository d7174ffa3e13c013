"""What Twilio received for us: its message list, for texts whose webhook never reached us.

Twilio tries a webhook for some seconds and then only logs it; the list keeps the text. Calls are
made for the purpose `poller`: they must never use up what residents' texts need.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from conversations.vocabulary.handles import Handle, address, tel
from conversations.vocabulary.messages import InboundMessage, Media
from integrations.kit.caller import Call, Caller
from integrations.kit.dto import ReceivedMessageDTO
from integrations.kit.errors import Unreadable
from integrations.twilio.errors_table import PROVIDER
from integrations.twilio.inbound import MAX_MEDIA, MAX_TEXT
from integrations.twilio.wire import WireMessage, parse_media, parse_page

MAX_PAGES = 40
PAGE_SIZE = 500
"""A page stays below the longest answer that is read; 20,000 texts to one number in a day."""

_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,6}")


class ReceivedList:
    """Twilio's list of what came in.

    Args:
        caller: the provider's caller.
        messages: URL of the message list.
        auth: as for sending.
    """

    def __init__(self, caller: Caller, messages: str, auth: tuple[str, str]) -> None:
        self._caller = caller
        self._messages = messages
        self._auth = auth
        parts = urlsplit(messages)
        self._base = messages.partition("/2010-04-01/")[0]
        self._path = parts.path.removeprefix(urlsplit(self._base).path)

    async def list(self, recipient: Handle, since: datetime) -> list[ReceivedMessageDTO]:
        """Return what came for a number from `since` on, oldest first; see `ListsReceived`.

        `DateSent` of what came in is when it came, to the day.
        """
        found: list[ReceivedMessageDTO] = []
        url = self._messages
        params: dict[str, str] | None = {
            "To": address(recipient),
            "DateSent>": since.astimezone(UTC).date().isoformat(),
            "PageSize": str(PAGE_SIZE),
        }
        for _ in range(MAX_PAGES):
            call = Call("find", "GET", url, params=params, auth=self._auth, purpose="poller")
            page = await self._caller.call(call, parse_page)
            found += [_read(one) for one in page.messages if _came_in(one, recipient, since)]
            next_path = page.next_page_uri or ""
            if not next_path.startswith(self._path):
                return found[::-1]
            url, params = self._base + next_path, None
        raise Unreadable(PROVIDER, "find")  # half a list would look like all of it

    async def read(self, found: ReceivedMessageDTO) -> InboundMessage:
        """Return a message with its attachments; see `ListsReceived`."""
        message = found.message
        if not found.files:
            return message
        sid = message.provider_message_id
        folder = f"{self._messages.removesuffix('.json')}/{sid}"
        call = Call("list_media", "GET", f"{folder}/Media.json", auth=self._auth, purpose="poller")
        listed = await self._caller.call(call, parse_media)
        media = tuple(
            Media(self._base + item.uri.removesuffix(".json"), item.content_type[:80])
            for item in listed.media_list[:MAX_MEDIA]
        )
        return replace(message, media=media)


def _came_in(message: WireMessage, recipient: Handle, since: datetime) -> bool:
    made = message.date_created
    return (
        message.direction == "inbound"
        and message.to == address(recipient)
        and _SENDER.fullmatch(message.from_ or "") is not None
        and made is not None
        and made >= since
    )


def _read(message: WireMessage) -> ReceivedMessageDTO:
    """Return a message of the list; the carrier's own `OptOutType` is not in it."""
    assert message.date_created is not None
    inbound = InboundMessage(
        provider=PROVIDER,
        provider_message_id=message.sid,
        channel="sms",
        sender=tel(message.from_ or ""),
        recipient=tel(message.to),
        text=message.body[:MAX_TEXT],
        received_at=message.date_created,
    )
    return ReceivedMessageDTO(message=inbound, files=max(0, message.num_media))
