"""Sending mail through an SMTP server.

A server has no memory we could ask: a mail in doubt cannot be looked up (`can_find` is False).
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from functools import partial

from conversations.vocabulary.handles import address
from conversations.vocabulary.mail import OutboundMail
from conversations.vocabulary.messages import OutboundMessage
from integrations.kit.caller import Call, Caller
from integrations.kit.calls import Answer
from integrations.kit.dto import SentMessageDTO
from integrations.kit.errors import Rejected
from integrations.kit.mail.outgoing import check_mailbox, make_headers
from integrations.kit.mail.refusals import MailboxBad, SenderRefused
from integrations.smtp.letter import write_letter
from integrations.smtp.session import Envelope, Security, Server, Session
from integrations.smtp.wire import PROVIDER, parse_sent


class SmtpAdapter:
    """The port `Messenger` over SMTP."""

    provider = PROVIDER
    can_find = False

    def __init__(
        self,
        caller: Caller,
        *,
        host: str,
        port: int,
        security: Security = "starttls",
        user: str = "",
        password: str = "",
        hello: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Make the adapter.

        Args:
            caller: the provider's caller; its policy's times hold for a whole conversation.
            host: the server's name.
            port: usually 587 with `starttls`, 465 with `tls`.
            security: how the line is made secret; `none` only on a network that is trusted.
            user: the account, empty for none.
            password: its password.
            hello: our own name in EHLO; by default the sender's domain.
            tls: how certificates are checked; by default with the system's authorities.

        Raises:
            ValueError: a password would go over an open line.
        """
        if security == "none" and password:
            raise ValueError("SMTP with a password needs starttls or tls")
        self._caller = caller
        tls = tls or ssl.create_default_context()
        self._server = Server(host, port, security, user, password, hello, tls)

    async def send(self, message: OutboundMessage) -> SentMessageDTO:
        """Hand one mail to the server, once; the message's id is our own Message-ID.

        Raises:
            MailboxBad: there is no such mailbox.
            AdapterError: its `outcome` tells whether it was sent.
        """
        if message.mail is None or "Message-ID" not in make_headers(message.mail):
            raise Rejected(PROVIDER, "send", detail="no_mail")
        session = partial(self._hand_over, _seal(message, message.mail))
        call = Call("send", "SMTP", "", idempotent=False)
        return await self._caller.call(call, parse_sent, exchange=session)

    async def _hand_over(self, envelope: Envelope, limit_s: float) -> Answer:
        session = Session(self._server, envelope)
        return await session.run(limit_s, self._caller.policy.connect_s)

    async def find(self, message: OutboundMessage, since: datetime) -> SentMessageDTO | None:
        """Return None: nothing can be looked up, and None says nothing (`can_find`)."""
        return None


def _seal(message: OutboundMessage, mail: OutboundMail) -> Envelope:
    """Return the mail ready for the server, or raise without quoting an address."""
    refused: type[MailboxBad | SenderRefused] = SenderRefused
    try:
        sender = check_mailbox(address(message.sender))
        reply_to = check_mailbox(mail.reply_to) if mail.reply_to else ""
        refused = MailboxBad
        recipient = check_mailbox(address(message.recipient))
    except ValueError:
        pass
    else:
        raw = write_letter(
            mail,
            message.text,
            sender=sender,
            recipient=recipient,
            reply_to=reply_to,
            at=datetime.now(UTC),
        )
        return Envelope(sender, recipient, mail.message_id, raw)
    raise refused(PROVIDER, "send", detail="address")
