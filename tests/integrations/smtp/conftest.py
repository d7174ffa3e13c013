"""Real peers for our SMTP adapter: aiosmtpd with and without TLS, and a server that misbehaves."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conversations.vocabulary.handles import mailto
from conversations.vocabulary.mail import OutboundMail
from conversations.vocabulary.messages import OutboundMessage
from integrations.kit.caller import Caller, Policy
from integrations.kit.quota import MemoryQuota
from integrations.kit.transport import open_http
from integrations.smtp.adapter import SmtpAdapter

MAIL = OutboundMail(
    subject="Su reporte: bache en 123 Broadway, ñandú 東京",
    html='<html lang="es"><body><p>¿Está bien?</p></body></html>',
    from_name="Ciudad de Nueva York, ñ",
    reply_to="case+7f3k2q@reply.city.example",
    message_id="<c1.1.abc@city.example>",
    in_reply_to="<last@home.example>",
    references=tuple(f"<{n}.{'x' * 70}@home.example>" for n in range(12)),
    unsubscribe_url="https://city.example/u/" + "t" * 120,
)


def make_message(to: str = "ana@home.example", text: str = "¿Está bien?\n1. sí", **mail: Any):
    """Return a mail to be sent."""
    sender, recipient = mailto("311@city.example"), mailto(to)
    return OutboundMessage("out-1", "email", sender, recipient, text, mail=replace(MAIL, **mail))


@dataclass
class Mailman:
    """What aiosmtpd hands its mails to; answers as told."""

    kept: list[Envelope] = field(default_factory=list)
    hellos: list[str] = field(default_factory=list)
    at_sender: str = "250 2.1.0 Ok"
    at_recipient: str = "250 2.1.5 Ok"
    at_data: str = "250 2.0.0 Ok: queued as 77"
    logins: list[bytes] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender."""
        self.hellos.append(session.host_name or "")
        envelope.mail_from = address
        return self.at_sender

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient."""
        envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the mail."""
        if self.at_data.startswith("250"):
            self.kept.append(envelope)
        return self.at_data

    def check(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> Any:
        """Take one account."""
        self.logins.append(login.login)
        good = (login.login, login.password) == (b"city", b"right")
        return AuthResult(success=good, handled=False)


@dataclass(frozen=True)
class Papers:
    """A server's certificate, and what a client needs to believe it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """Make a certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder: Path = tmp_path_factory.mktemp("papers")
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "both.pem").write_bytes(private + pem)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "both.pem")
    return Papers(server, ssl.create_default_context(cadata=pem.decode()))


@pytest.fixture
async def peer() -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """Return a starter of aiosmtpd servers; gives the port."""
    servers: list[asyncio.Server] = []

    async def start(mailman: Mailman, *, tls: ssl.SSLContext | None = None, **more: Any) -> int:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(mailman, hostname="peer.example", **more), "127.0.0.1", 0, ssl=tls
        )
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()


@pytest.fixture
async def make_adapter() -> AsyncIterator[Callable[..., SmtpAdapter]]:
    """Return a maker of adapters; one attempt a call, so that each outcome shows."""
    async with open_http() as http:

        def make(port: int, **settings: Any) -> SmtpAdapter:
            policy = Policy(attempts=1, timeout_s=settings.pop("timeout_s", 5.0))
            caller = Caller("smtp", policy, http=http, quota=MemoryQuota())
            chosen = {"security": "none", "host": "localhost", **settings}
            return SmtpAdapter(caller, port=port, **chosen)

        yield make


@pytest.fixture
async def odd_server() -> AsyncIterator[Callable[[dict[str, bytes | None]], Awaitable[int]]]:
    """Return a starter of a server with fixed answers; None drops the line, b"" says nothing."""
    servers: list[asyncio.Server] = []

    async def start(answers: dict[str, bytes | None]) -> int:
        usual = {"": b"220 odd", "EHLO": b"250 odd", "MAIL": b"250 Ok", "RCPT": b"250 Ok"}
        usual |= {"DATA": b"354 go", ".": b"250 Ok", "QUIT": b"221 Bye"}
        chosen: dict[str, bytes | None] = {**usual, **answers}

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            verb, reading = "", False
            while True:
                answer = None if reading and verb != "." else chosen.get(verb, b"502 no")
                if answer is None and not reading:
                    break
                if answer:
                    writer.write(answer + b"\r\n")
                reading = (verb == "DATA" and bool(answer)) or (reading and verb != ".")
                line = await reader.readline()
                if not line:
                    break
                text = line.decode("latin-1").strip()
                verb = text if reading else text.split(" ")[0].upper()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()
