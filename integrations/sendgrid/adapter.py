"""Sending mail through SendGrid's v3 API.

There is no idempotency key and no search that every plan has: a mail in doubt cannot be looked up
(`can_find` is False). What proves it is an event that echoes our intent, the only thing of ours
that goes into `custom_args`: SendGrid keeps those as not personal (messaging.md 3.4).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conversations.vocabulary.handles import Handle, address
from conversations.vocabulary.mail import OutboundMail
from conversations.vocabulary.messages import OutboundMessage
from integrations.kit.caller import Call, Caller
from integrations.kit.dto import SentMessageDTO
from integrations.kit.errors import Rejected
from integrations.kit.mail.outgoing import (
    MAX_NAME,
    MAX_SUBJECT,
    check_mailbox,
    make_headers,
    one_line,
)
from integrations.kit.mail.refusals import MailboxBad, SenderRefused
from integrations.sendgrid.wire import PROVIDER, explain_send, parse_sandboxed, parse_sent

QUIET = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}
"""Nothing in a city's mail reports back who read it, and no link is rewritten."""


class SendgridAdapter:
    """The port `Messenger` over SendGrid."""

    provider = PROVIDER
    can_find = False

    def __init__(
        self,
        caller: Caller,
        *,
        api_key: str,
        base_url: str = "https://api.sendgrid.com",
        sandbox_mode: bool = False,
    ) -> None:
        """Make the adapter.

        Args:
            caller: the provider's caller.
            api_key: `SG....`, with the one permission "Mail Send".
            base_url: SendGrid (`https://api.eu.sendgrid.com` for the EU), or its twin.
            sandbox_mode: mails are checked there and go nowhere.
        """
        self._caller = caller
        self._authorisation = {"Authorization": f"Bearer {api_key}"}
        self._url = f"{base_url.rstrip('/')}/v3/mail/send"
        self._sandbox = sandbox_mode

    async def send(self, message: OutboundMessage) -> SentMessageDTO:
        """Send one mail, once, to one person.

        Raises:
            MailboxBad: the recipient's address takes no mail.
            AdapterError: its `outcome` tells whether it was sent.
        """
        if message.mail is None:
            raise Rejected(PROVIDER, "send", detail="no_mail")
        call = Call(
            operation="send_sandboxed" if self._sandbox else "send",
            method="POST",
            url=self._url,
            json=self._write(message, message.mail),
            headers=self._authorisation,
            idempotent=False,
        )
        parse = parse_sandboxed if self._sandbox else parse_sent
        return await self._caller.call(call, parse, explain_send)

    async def find(self, message: OutboundMessage, since: datetime) -> SentMessageDTO | None:
        """Return None: nothing can be looked up, and None says nothing (`can_find`)."""
        return None

    def _write(self, message: OutboundMessage, mail: OutboundMail) -> dict[str, Any]:
        """Return the body of the call; parts that are empty are not allowed in it."""
        name = one_line(mail.from_name, MAX_NAME)
        parts = (("text/plain", message.text), ("text/html", mail.html))
        body: dict[str, Any] = {
            "personalizations": [{"to": [{"email": _mailbox(message.recipient)}]}],
            "from": _named(_own_mailbox(address(message.sender)), name),
            "subject": one_line(mail.subject, MAX_SUBJECT),
            "content": [{"type": kind, "value": text} for kind, text in parts if text],
            "headers": make_headers(mail),
            "custom_args": {"intent": message.intent},
            "tracking_settings": QUIET,
        }
        if mail.reply_to:
            body["reply_to"] = _named(_own_mailbox(mail.reply_to), name)
        if self._sandbox:
            body["mail_settings"] = {"sandbox_mode": {"enable": True}}
        return body


def _named(mailbox: str, name: str) -> dict[str, str]:
    return {"email": mailbox, "name": name} if name else {"email": mailbox}


def _mailbox(recipient: Handle) -> str:
    """Return the recipient's address, or raise without quoting it."""
    try:
        return check_mailbox(address(recipient))
    except ValueError:
        pass
    raise MailboxBad(PROVIDER, "send", detail="to")


def _own_mailbox(text: str) -> str:
    try:
        return check_mailbox(text)
    except ValueError:
        pass
    raise SenderRefused(PROVIDER, "send", detail="from")
