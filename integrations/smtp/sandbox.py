"""SMTP's twin: a small mail server on a port of its own, with mailboxes and the same faults.

It listens on loopback from the first `GET /_control/port` on (`smtp_port` in the settings, else a
free one). The fault board and the log are those of the other twins; a fault hits when the mail's
last line has come. The beginning of an address says what the server answers to it: `hard-bounce@`
has no mailbox, `greylist@` is put off, `refused@` is refused after the whole mail was read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from fastapi import FastAPI

from conversations.vocabulary.handles import mailto
from conversations.vocabulary.mail import OutboundMail
from conversations.vocabulary.messages import OutboundMessage
from integrations.kit.caller import Call, Caller
from integrations.kit.calls import Answer
from integrations.kit.sandbox.faults import Fault
from integrations.kit.sandbox.journal import Entry
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.smtp.adapter import SmtpAdapter

PROVIDER = "smtp"
HOST = "127.0.0.1"
OPERATIONS = (("send", "SMTP", "/"),)
MAX_BYTES = 30 << 20
KEPT = 5000
RECIPIENTS = {
    "hard-bounce": "550 5.1.1 No such user here",
    "greylist": "451 4.7.1 Greylisted, try again later",
    "full": "452 4.2.2 Mailbox full",
}
AFTER_DATA = {"refused": "554 5.7.1 Message refused", "later": "451 4.3.0 Try again later"}


class PostServer:
    """Takes mails over SMTP: one recipient each is all our adapter asks for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._server: asyncio.Server | None = None
        self.mails: list[dict[str, Any]] = []
        world.on_close(self.close)

    async def listen(self) -> int:
        """Return the port, listening from now on."""
        if self._server is None:
            wanted = int(self._world.settings.get("smtp_port") or 0)
            self._server = await asyncio.start_server(self._serve, HOST, wanted, limit=MAX_BYTES)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _say(writer, "220 twin ESMTP")
            await self._answer_all(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        while line := await reader.readline():
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    await _say(writer, "250-twin", f"250-SIZE {MAX_BYTES}", "250 8BITMIME")
                case "MAIL":
                    await _say(writer, "250 2.1.0 Ok")
                case "RCPT":
                    recipient = rest.partition("<")[2].partition(">")[0].lower()
                    await _say(writer, RECIPIENTS.get(_word(recipient), "250 2.1.5 Ok"))
                case "DATA":
                    await _say(writer, "354 End data with <CR><LF>.<CR><LF>")
                    raw = await reader.readuntil(b"\r\n.\r\n")
                    await self._take(recipient, raw[:-3].replace(b"\r\n..", b"\r\n."), writer)
                case "QUIT":
                    await _say(writer, "221 2.0.0 Bye")
                    return
                case "RSET" | "NOOP":
                    await _say(writer, "250 2.0.0 Ok")
                case _:
                    await _say(writer, "502 5.5.2 Command not recognised")

    async def _take(self, recipient: str, raw: bytes, writer: asyncio.StreamWriter) -> None:
        """Keep a mail and answer, or let a fault hit."""
        entry = self._world.journal.open(PROVIDER, "send", "SMTP", "/", b"", {}, raw)
        fault = self._world.faults.take(PROVIDER, "send", "SMTP", "/")
        reply = AFTER_DATA.get(_word(recipient), f"250 2.0.0 Ok: queued as {entry.id:08X}")
        entry.committed = reply.startswith("250") and (
            fault is None or fault.commits or fault.plain_kind == "slow"
        )
        if entry.committed:
            self._keep(recipient, raw)
        entry.status, entry.answer = int(reply[:3]), reply
        if fault is None:
            await _say(writer, reply)
            return
        entry.fault = fault.kind
        await _break(writer, fault, reply, entry)

    def _keep(self, recipient: str, raw: bytes) -> None:
        mail = BytesParser(policy=policy.default).parsebytes(raw)
        assert isinstance(mail, EmailMessage)
        text, page = mail.get_body(("plain",)), mail.get_body(("html",))
        held = {
            "to": recipient,
            "from": str(mail["From"]),
            "subject": str(mail["Subject"]),
            "text": str(text.get_content()) if text else "",
            "html": str(page.get_content()) if page else "",
            "headers": {name: str(value) for name, value in mail.items()},
            "at": self._world.now().isoformat(timespec="milliseconds"),
        }
        self.mails.append(held)
        del self.mails[:-KEPT]
        # Our Message-ID is the same at every attempt of one sending: it tells a repeat.
        self._world.count_effect(PROVIDER, str(mail["Message-ID"]))


async def _say(writer: asyncio.StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in lines).encode())
    await writer.drain()


async def _break(writer: asyncio.StreamWriter, fault: Fault, reply: str, entry: Entry) -> None:
    """Answer wrongly, late, half, or not at all."""
    match fault.plain_kind:
        case "status":
            entry.status = fault.status
            await _say(writer, f"{fault.status} sandbox fault")
        case "garbage":
            await _say(writer, "<html>502 upstream went away {{{")
        case "slow":
            for mark in reply:
                await asyncio.sleep(fault.seconds / len(reply))
                writer.write(mark.encode())
            await _say(writer, "")
        case "cut":
            writer.write(reply[:2].encode())
            await writer.drain()
            writer.close()
        case "timeout":
            await asyncio.sleep(fault.seconds)
            writer.transport.abort()
        case _:
            writer.transport.abort()


def _word(recipient: str) -> str:
    return recipient.partition("@")[0].partition("+")[0]


def build(world: World) -> FastAPI:
    """Return the twin's control, to be mounted at `/smtp`; the server itself has its own port."""
    server = PostServer(world)
    app = FastAPI(title="SMTP's twin", docs_url=None, redoc_url=None)

    @app.get("/_control/port")
    async def port() -> dict[str, int]:
        return {"port": await server.listen()}

    @app.get("/_control/mailbox")
    async def mailbox(address: str) -> list[dict[str, Any]]:
        return [mail for mail in server.mails if mail["to"] == address.lower()]

    @app.post("/_control/reset", status_code=204)
    async def reset() -> None:
        server.mails.clear()

    app.state.server = server
    return app


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call per operation, for the conformance test."""
    mail = OutboundMail(
        subject="Your report",
        html="<p>Your report is in.</p>",
        from_name="City",
        reply_to="case+7f3k2q@reply.city.example",
        message_id="<conformance.1@city.example>",
    )
    message = OutboundMessage(
        intent="conformance-1",
        channel="email",
        sender=mailto(DEFAULTS["mail_address"]),
        recipient=mailto("resident@home.example"),
        text="Your report is in.",
        mail=mail,
    )

    def read_port(answer: Answer) -> int:
        return int(answer.json()["port"])

    async def send() -> object:
        asked = Call("port", "GET", f"{base_url}/_control/port")
        port = await caller.call(asked, read_port)
        return await SmtpAdapter(caller, host=HOST, port=port, security="none").send(message)

    return {"send": send}
