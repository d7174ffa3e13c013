"""SendGrid's doors: genuine requests are taken, everything else is refused before it is parsed."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from conversations.vocabulary.mail import InboundMail
from conversations.vocabulary.messages import Failure, Receipt
from integrations.kit.sandbox.world import DEFAULTS
from integrations.sendgrid.twin.hooks import public_key_of, sign
from webhooks.app import create_app

PRIVATE = DEFAULTS["sendgrid_signing_key"]
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
STAMP = "1795372200"
BOUNDARY = "xYzZY"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
FIELDS = {
    "dkim": "{@home.example : pass}",
    "envelope": '{"to":["311@reply.city.example"],"from":"jane@home.example"}',
    "email": (
        "From: Jane <jane@home.example>\r\nTo: 311@reply.city.example\r\nSubject: Pothole\r\n"
        "Message-ID: <a@home.example>\r\n\r\nIt is huge.\r\n"
    ),
}
PARTS = [
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    for name, value in FIELDS.items()
]
MAIL = ("".join(PARTS) + f"--{BOUNDARY}--\r\n").encode()


@dataclass
class Desk:
    """Keeps what doors hand over."""

    mails: list[InboundMail] = field(default_factory=list)
    unread: list[bytes] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    away: bool = False

    async def accept(self, mail: InboundMail, /) -> str:
        """Take a mail."""
        if self.away:
            raise OSError("no space")
        self.mails.append(mail)
        return "accepted"

    async def keep_unread(self, body: bytes, /) -> None:
        """Keep what is no mail."""
        self.unread.append(body)

    async def accept_receipts(self, receipts: Sequence[Receipt], /) -> None:
        """Take reports."""
        self.receipts += receipts


def make_app(desk: Desk, **changes: Any) -> FastAPI:
    """Return the application over a fake shell."""
    key = public_key_of(PRIVATE)
    chosen = {
        "public_base_url": "https://city.example.org",
        "twilio_account_sid": "AC1",
        "twilio_auth_tokens": (SecretStr("t" * 32),),
        "sendgrid_inbound_keys": (key,),
        "sendgrid_inbound_login": SecretStr(""),
        "sendgrid_event_keys": (key,),
        "metrics_token": SecretStr(""),
        "playground": False,
        "sandbox_url": "",
        **changes,
    }
    shell: Any = SimpleNamespace(
        settings=SimpleNamespace(**chosen), intake=desk, mail_desk=desk, slack=None,
        cities={"nyc": SimpleNamespace(slug="nyc", sms_numbers=())}, storage=SimpleNamespace(),
        redis=SimpleNamespace(), breakers=dict,
    )  # fmt: skip
    return create_app(shell)


async def post(app: FastAPI, path: str, body: bytes, headers: dict[str, str]) -> int:
    """Post a body and return the status."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as http:
        return (await http.post(path, content=body, headers=headers)).status_code


def signed(body: bytes, kind: str = KIND) -> dict[str, str]:
    """Return the headers of a genuine request."""
    return {"Content-Type": kind, SIGNATURE: sign(PRIVATE, STAMP.encode() + body), TIMESTAMP: STAMP}


async def test_a_genuine_mail_reaches_the_desk() -> None:
    """Signed over timestamp and body: parsed, and handed to the desk."""
    desk = Desk()
    assert await post(make_app(desk), "/in/sendgrid", MAIL, signed(MAIL)) == 200
    assert desk.mails[0].sender == "jane@home.example"
    assert desk.mails[0].recipients == ("311@reply.city.example",)
    assert desk.mails[0].signed
    assert desk.mails[0].text.strip() == "It is huge."


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({SIGNATURE: ""}, 403, id="unsigned"),
        pytest.param({SIGNATURE: "AAAA"}, 403, id="nonsense"),
        pytest.param({TIMESTAMP: "1795372201"}, 403, id="another time"),
        pytest.param({TIMESTAMP: ""}, 403, id="no time"),
        pytest.param({"Content-Type": "application/json"}, 415, id="another type"),
    ],
)
async def test_a_forged_mail_is_refused(change: dict[str, str], status: int) -> None:
    """Nothing is parsed, kept or answered."""
    desk = Desk()
    headers = {**signed(MAIL), **change}
    assert await post(make_app(desk), "/in/sendgrid", MAIL, headers) == status
    assert desk == Desk()


async def test_a_changed_body_is_refused() -> None:
    """One byte is enough."""
    desk = Desk()
    body = MAIL.replace(b"huge", b"Huge")
    assert await post(make_app(desk), "/in/sendgrid", body, signed(MAIL)) == 403
    assert desk.mails == []


async def test_what_is_no_mail_is_kept_and_taken() -> None:
    """Bringing it again could not help, so it is answered 200, once it is kept."""
    desk = Desk()
    body = b"--xYzZY\r\nnonsense"
    assert await post(make_app(desk), "/in/sendgrid", body, signed(body)) == 200
    assert desk.unread == [body]


async def test_a_mail_that_was_not_kept_is_asked_for_again() -> None:
    """A full disk is answered 503: the provider comes again for three days."""
    desk = Desk(away=True)
    assert await post(make_app(desk), "/in/sendgrid", MAIL, signed(MAIL)) == 503


async def test_without_keys_a_login_guards_the_door() -> None:
    """The webhook's user and password stand for the signature; a wrong one is refused."""
    desk = Desk()
    login = SecretStr("parse:0123456789abcdef")
    app = make_app(desk, sendgrid_inbound_keys=(), sendgrid_inbound_login=login)
    good = base64.b64encode(login.get_secret_value().encode()).decode()
    bad = base64.b64encode(b"parse:wrong").decode()
    kind = {"Content-Type": KIND}

    assert await post(app, "/in/sendgrid", MAIL, {**kind, "Authorization": f"Basic {bad}"}) == 403
    assert await post(app, "/in/sendgrid", MAIL, signed(MAIL)) == 403
    assert await post(app, "/in/sendgrid", MAIL, {**kind, "Authorization": f"Basic {good}"}) == 200
    assert len(desk.mails) == 1


async def test_events_become_receipts() -> None:
    """A hard bounce ends mail there, a spam report is a stop; odd entries are passed over."""
    desk = Desk()
    base = {"timestamp": 1795372200, "email": "jane@home.example", "intent": "a1"}
    batch = [
        {**base, "sg_event_id": "e1", "event": "delivered", "sg_message_id": "m.filter1"},
        {**base, "sg_event_id": "e2", "event": "bounce", "type": "bounce", "status": "5.1.1"},
        {**base, "sg_event_id": "e3", "event": "spamreport"},
        {**base, "sg_event_id": "e4", "event": "unsubscribe"},
        "nonsense",
    ]
    body = json.dumps(batch).encode() + b"\r\n"
    kind = "application/json"
    assert await post(make_app(desk), "/in/sendgrid/events", body, signed(body, kind)) == 200
    assert [receipt.failure for receipt in desk.receipts] == [
        None, Failure.UNREACHABLE, Failure.OPTED_OUT, Failure.NO_NOTICES,
    ]  # fmt: skip
    assert {receipt.intent for receipt in desk.receipts} == {"a1"}


def test_without_an_address_there_is_no_mail_door() -> None:
    """A city without a mailbox has no route that could be probed."""
    app = make_app(Desk())
    shell: Any = SimpleNamespace(mail_desk=None)
    from webhooks.inbound.sendgrid import doors

    assert doors(shell) == ()
    assert "/in/sendgrid" in {getattr(route, "path", "") for route in app.router.routes}
