"""Sending texts through Twilio, looking up whether one was sent, and what came in.

There is no idempotency key in Twilio's public API: a send in doubt is looked up (`find`),
never repeated. What proves a send later is our intent id in the status callback's URL.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, urlsplit

from conversations.vocabulary.handles import Handle, address
from conversations.vocabulary.messages import InboundMessage, OutboundMessage
from integrations.kit.caller import Call, Caller
from integrations.kit.dto import ReceivedMessageDTO, SentMessageDTO
from integrations.twilio import errors_table
from integrations.twilio.receipts import INTENT_FIELD
from integrations.twilio.received import ReceivedList
from integrations.twilio.wire import WireMessage, explain_send, parse_page, parse_sent

MAX_PAGES = 3
PAGE_SIZE = 100
MIN_VALIDITY_S, MAX_VALIDITY_S = 1, 36_000


class TwilioAdapter:
    """The ports `Messenger` and `ListsReceived` over Twilio's REST API."""

    provider = errors_table.PROVIDER
    can_find = True

    def __init__(
        self,
        caller: Caller,
        *,
        account_sid: str,
        auth: tuple[str, str],
        base_url: str = "https://api.twilio.com",
        messaging_service_sid: str = "",
    ) -> None:
        """Make the adapter.

        Args:
            caller: the provider's caller (pace 1 a second unless the account has more).
            account_sid: `AC...`.
            auth: API key SID and secret (better), or account SID and auth token.
            base_url: Twilio, or its twin.
            messaging_service_sid: `MG...` to send through, or empty to send from the number.
        """
        self._caller = caller
        self._auth = auth
        self._service = messaging_service_sid
        self._base = base_url.rstrip("/")
        self._messages = f"{self._base}/2010-04-01/Accounts/{quote(account_sid)}/Messages.json"
        self._received = ReceivedList(caller, self._messages, auth)

    async def send(self, message: OutboundMessage) -> SentMessageDTO:
        """Send one text, once.

        Raises:
            OptedOut, NumberBad: the number takes no texts (from us).
            AdapterError: its `outcome` tells whether it was sent; `UNKNOWN` asks for `find`.
        """
        form = {"To": address(message.recipient), "Body": message.text}
        if self._service:
            form["MessagingServiceSid"] = self._service
        else:
            form["From"] = address(message.sender)
        if message.callback_url:
            form["StatusCallback"] = with_intent(message.callback_url, message.intent)
        validity = min(max(message.validity_s, MIN_VALIDITY_S), MAX_VALIDITY_S)
        form["ValidityPeriod"] = str(validity)
        call = Call(
            operation="send",
            method="POST",
            url=self._messages,
            form=form,
            auth=self._auth,
            # Not in Twilio's public API; sent in case it is honoured one day, never relied on.
            headers={"I-Twilio-Idempotency-Token": message.intent},
            idempotent=False,
            excerpt=("ValidityPeriod",),
        )
        return await self._caller.call(call, parse_sent, explain_send)

    async def find(self, message: OutboundMessage, since: datetime) -> SentMessageDTO | None:
        """Return this message if Twilio has it, made at `since` (start of the attempt) or later.

        Asks by number only and compares text and time here: a message still queued has no
        `DateSent` yet, and a filter on it could hide just the one that is looked for.

        Raises:
            AdapterError: Twilio could not be asked; the send stays unknown.
        """
        params: dict[str, str] | None = {
            "To": address(message.recipient),
            "PageSize": str(PAGE_SIZE),
        }
        url = self._messages
        floor = since.replace(microsecond=0)
        for _ in range(MAX_PAGES):
            call = Call("find", "GET", url, params=params, auth=self._auth, purpose="lookup")
            page = await self._caller.call(call, parse_page)
            for found in page.messages:
                if self._is_same(found, message, floor):
                    return SentMessageDTO(provider_message_id=found.sid, status=found.status)
            oldest = page.messages[-1].date_created if page.messages else None
            next_path = page.next_page_uri or ""
            if not next_path.startswith("/2010-04-01/") or oldest is None or oldest < floor:
                return None
            url, params = self._base + next_path, None
        return None

    async def list_received(self, recipient: Handle, since: datetime) -> list[ReceivedMessageDTO]:
        """Return what came for a number; see `ListsReceived` and `received.py`."""
        return await self._received.list(recipient, since)

    async def read_received(self, found: ReceivedMessageDTO) -> InboundMessage:
        """Return a message of that list with its attachments; see `ListsReceived`."""
        return await self._received.read(found)

    def _is_same(self, found: WireMessage, message: OutboundMessage, floor: datetime) -> bool:
        made = found.date_created
        return (
            found.direction.startswith("outbound")
            and found.body == message.text
            and found.to == address(message.recipient)
            and (bool(self._service) or found.from_ == address(message.sender))
            and made is not None
            and made >= floor
        )


def with_intent(callback_url: str, intent: str) -> str:
    """Return the callback URL with our intent id in its query (before any fragment)."""
    parts = urlsplit(callback_url)
    field = f"{INTENT_FIELD}={quote(intent, safe='')}"
    if field in parts.query.split("&"):
        return callback_url
    query = f"{parts.query}&{field}" if parts.query else field
    return parts._replace(query=query).geturl()
