"""The twin's switches and mailboxes, for the playground and for tests. Never at the real SendGrid.

POST /_control/mail       a resident writes, or answers a mail: see `MailOrder`
GET  /_control/mailbox    ?address=: what that mailbox holds, sent and received
GET  /_control/mailboxes  all addresses that have written or been written to
POST /_control/switches   how the twin behaves, see `store.Switches`
GET  /_control/switches, GET /_control/deliveries, GET /_control/public_key, POST /_control/reset
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from integrations.kit.sandbox.pictures import sample_photo
from integrations.kit.sandbox.world import World
from integrations.sendgrid.twin.clients import Client, Writing, write_mail
from integrations.sendgrid.twin.hooks import Webhooks, public_key_of
from integrations.sendgrid.twin.parsing import (
    Arrival,
    Dkim,
    make_request,
    read_header,
    read_headers,
    read_text,
)
from integrations.sendgrid.twin.store import EventMode, ParseMode, TwinMail, TwinStore, new_id

MAX_RAW = 40 << 20


class FileOrder(BaseModel):
    """One attachment: the file itself, or the name of a sample (`photo`, `video`, `broken`)."""

    model_config = ConfigDict(extra="forbid")
    name: str = "photo.png"
    content_type: str = "image/png"
    data_base64: str = Field(default="", max_length=36 << 20)
    sample: str = ""


class MailOrder(BaseModel):
    """A resident's mail.

    Attributes:
        from_, name: who writes. to: one of the city's addresses; by default where the answered
            mail wants its answers, else the city's own.
        subject, text, html: what is written; the subject of an answer is made.
        in_reply_to_id: the mail that is answered and quoted: its id here, or its Message-ID.
        client, language: which program writes, set to which language.
        attachments, headers: files, and further headers (`Auto-Submitted`).
        dkim, spf: what SendGrid's server finds. envelope_from: if it is not `from`.
        times: how often the webhook is posted. delay: seconds of the world's clock before.
        raw, raw_base64: the whole MIME instead, as it is.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_: str = Field(alias="from", default="", max_length=320)
    name: str = Field(default="", max_length=200)
    to: str = Field(default="", max_length=320)
    subject: str | None = Field(default=None, max_length=1000)
    text: str = Field(default="", max_length=2 << 20)
    html: str = Field(default="", max_length=4 << 20)
    in_reply_to_id: str = ""
    client: Client = "gmail"
    language: str = Field(default="en", pattern="^(en|es)$")
    attachments: list[FileOrder] = Field(default_factory=list, max_length=30)
    headers: dict[str, str] = Field(default_factory=dict)
    dkim: Dkim = "pass"
    spf: str = "pass"
    envelope_from: str | None = None
    times: int = Field(default=1, ge=1, le=50)
    delay: float = Field(default=0.0, ge=0)
    raw: str = Field(default="", max_length=MAX_RAW)
    raw_base64: str = Field(default="", max_length=MAX_RAW * 4 // 3)


class SwitchOrder(BaseModel):
    """Switches to be changed; see `store.Switches`."""

    model_config = ConfigDict(extra="forbid")
    mode: ParseMode | None = None
    events: EventMode | None = None
    step_s: float | None = Field(default=None, ge=0, le=86_400)
    replace_message_id: bool | None = None
    max_bytes: int | None = Field(default=None, ge=0)
    mail_delay_s: float | None = Field(default=None, ge=0, le=86_400)


class Control:
    """The routes, over one store."""

    def __init__(self, world: World, store: TwinStore, hooks: Webhooks) -> None:
        self._world = world
        self._store = store
        self._hooks = hooks

    def routes(self) -> APIRouter:
        """Return the router."""
        router = APIRouter(prefix="/_control")
        router.add_api_route("/mail", self.mail, methods=["POST"])
        router.add_api_route("/mailbox", self.mailbox, methods=["GET"])
        router.add_api_route("/mailboxes", self.mailboxes, methods=["GET"])
        router.add_api_route("/switches", self.switches, methods=["GET"])
        router.add_api_route("/switches", self.switch, methods=["POST"])
        router.add_api_route("/deliveries", self.deliveries, methods=["GET"])
        router.add_api_route("/public_key", self.public_key, methods=["GET"])
        router.add_api_route("/reset", self.reset, methods=["POST"], status_code=204)
        return router

    async def mail(self, order: MailOrder) -> dict[str, Any]:
        """Let a resident write to the city. Waits for our answers unless there is a delay."""
        raw = _raw_of(order) or self._write(order)
        mail = self._store.add(self._read(order, raw))
        sender = mail.sender if order.envelope_from is None else order.envelope_from
        arrival = Arrival(raw, sender, (mail.recipient,), order.dkim, order.spf)
        content_type, body = make_request(arrival, raw=self._store.switches.mode == "raw")
        deliveries: list[list[int]] = []
        if delay := max(order.delay, self._store.switches.mail_delay_s):
            for _ in range(order.times):
                self._world.schedule(delay, self._later(mail.id, content_type, body))
        else:
            for _ in range(order.times):
                done = await self._hooks.mail(mail.id, content_type, body)
                deliveries.append(done.statuses)
        return {"id": mail.id, "message_id": mail.message_id, "deliveries": deliveries}

    def _write(self, order: MailOrder) -> bytes:
        if not order.from_:
            raise HTTPException(422, "`from` is needed")
        quoted = self._store.find(order.in_reply_to_id) if order.in_reply_to_id else None
        if order.in_reply_to_id and quoted is None:
            raise HTTPException(422, "no such mail to answer")
        subject = order.subject
        if subject is None:
            subject = _answer_to(quoted.subject) if quoted else ""
        writing = Writing(
            client=order.client,
            sender=order.from_,
            sender_name=order.name,
            recipient=order.to or self._answer_address(quoted),
            subject=subject,
            text=order.text,
            html=order.html,
            at=self._world.now(),
            message_id=f"<{new_id()}@mail.{order.from_.rpartition('@')[2] or 'invalid'}>",
            language=order.language,
            quoted=quoted,
            files=tuple(_file_of(file) for file in order.attachments),
            more=order.headers,
        )
        try:
            return write_mail(writing)
        except (ValueError, LookupError) as error:
            raise HTTPException(422, f"cannot be written: {type(error).__name__}") from None

    def _answer_address(self, quoted: TwinMail | None) -> str:
        if quoted is None:
            return self._world.settings["mail_address"]
        return quoted.reply_to or quoted.sender

    def _read(self, order: MailOrder, raw: bytes) -> TwinMail:
        """Return the mail as the sender's own mailbox keeps it."""
        parsed = BytesParser(policy=policy.default).parsebytes(raw)
        assert isinstance(parsed, EmailMessage)
        name, sender = parseaddr(read_header(parsed, "From"))
        _, recipient = parseaddr(read_header(parsed, "To"))
        return TwinMail(
            id=new_id(),
            outgoing=False,
            sender=order.from_ or sender,
            sender_name=name,
            recipient=order.to or recipient or self._world.settings["mail_address"],
            subject=read_header(parsed, "Subject"),
            text=read_text(parsed, "plain"),
            html=read_text(parsed, "html"),
            headers=read_headers(parsed),
            at=self._world.now(),
            status="received",
            files=tuple(item.get_filename() or "" for item in parsed.iter_attachments()),
            raw=raw,
        )

    def _later(self, mail_id: str, content_type: str, body: bytes) -> Callable[[], Awaitable[None]]:
        async def post() -> None:
            await self._hooks.mail(mail_id, content_type, body)

        return post

    async def mailbox(self, address: str) -> list[dict[str, Any]]:
        """Return what a mailbox holds, oldest first."""
        return [mail.to_json() for mail in self._store.mailbox(address)]

    async def mailboxes(self) -> list[str]:
        """Return the residents' addresses, in the order they first appeared."""
        return self._store.addresses()

    async def switches(self) -> dict[str, Any]:
        """Return how the twin is set."""
        return asdict(self._store.switches)

    async def switch(self, order: SwitchOrder) -> dict[str, Any]:
        """Change switches."""
        chosen = order.model_dump(exclude_none=True)
        self._store.switches = replace(self._store.switches, **chosen)
        return asdict(self._store.switches)

    async def deliveries(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the webhooks posted to us and how we answered, oldest first."""
        return [asdict(delivery) for delivery in self._hooks.deliveries[since:]]

    async def public_key(self) -> dict[str, str]:
        """Return the key our door checks the webhooks with, as SendGrid shows it."""
        return {"public_key": public_key_of(self._world.settings["sendgrid_signing_key"])}

    async def reset(self) -> None:
        """Forget everything."""
        self._store.reset()
        self._hooks.deliveries.clear()


def _raw_of(order: MailOrder) -> bytes:
    try:
        return b64decode(order.raw_base64, validate=True) or order.raw.encode("utf-8")
    except ValueError:
        raise HTTPException(422, "raw_base64 is not base64") from None


def _file_of(file: FileOrder) -> tuple[str, str, bytes]:
    if file.sample:
        content_type, data = sample_photo(file.sample)
        return file.name, content_type, data
    try:
        return file.name, file.content_type, b64decode(file.data_base64, validate=True)
    except ValueError:
        raise HTTPException(422, "data_base64 is not base64") from None


def _answer_to(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"
