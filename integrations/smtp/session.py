"""One conversation with an SMTP server: connect, secure, log in, hand over one mail, leave."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from typing import Literal

from aiosmtplib import SMTP, SMTPException, SMTPResponse

from integrations.kit.calls import Answer
from integrations.kit.errors import AdapterError
from integrations.smtp.wire import Stage, explain

GOODBYE_S = 1.0

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """The server mails are handed to; fields as `SmtpAdapter` takes them."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    hello: str
    tls: ssl.SSLContext = field(repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail to be handed over: `raw` is the whole of it, ids and addresses are checked."""

    sender: str
    recipient: str
    message_id: str
    raw: bytes


class Session:
    """Hands over one mail; made anew for each attempt."""

    def __init__(self, server: Server, envelope: Envelope) -> None:
        self._server = server
        self._envelope = envelope
        self._stage = Stage.CONNECT

    async def run(self, limit_s: float, connect_s: float) -> Answer:
        """Return the server's last answer, 250 when it took the mail.

        Args:
            limit_s: seconds for everything.
            connect_s: seconds of them for the connection.

        Raises:
            AdapterError: its `outcome` says whether the server may have the mail. Raised outside
                any `except`: the library's own error may quote the address.
        """
        client = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            local_hostname=self._server.hello or self._envelope.sender.rpartition("@")[2],
            use_tls=self._server.security == "tls",
            start_tls=False,
            tls_context=self._server.tls if self._server.security == "tls" else None,
            timeout=limit_s,
        )
        failure: AdapterError
        try:
            async with asyncio.timeout(limit_s):
                reply = await self._talk(client, min(connect_s, limit_s))
            # The server has the mail by now: how we part changes nothing.
            with contextlib.suppress(SMTPException, OSError):
                await client.quit(timeout=GOODBYE_S)
            headers = {"message-id": self._envelope.message_id}
            return Answer(reply.code, headers, reply.message.encode("utf-8", "replace"))
        except (SMTPException, OSError, ValueError) as caught:
            failure = explain(self._stage, caught)
        finally:
            client.close()
        raise failure

    async def _talk(self, client: SMTP, connect_s: float) -> SMTPResponse:
        await client.connect(timeout=connect_s)
        if self._server.security == "starttls":
            self._stage = Stage.SECURE
            await client.starttls(tls_context=self._server.tls)
        if self._server.user:
            self._stage = Stage.LOGIN
            await client.login(self._server.user, self._server.password)
        self._stage = Stage.SENDER
        await client.mail(self._envelope.sender)
        self._stage = Stage.RECIPIENT
        await client.rcpt(self._envelope.recipient)
        self._stage = Stage.DATA
        return await client.data(self._envelope.raw)
