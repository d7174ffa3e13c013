"""What the twin keeps: mails both ways, addresses it no longer sends to, and how it is set."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

KEPT = 5_000
EventMode = Literal["normal", "none", "duplicate", "reversed"]
ParseMode = Literal["raw", "parsed"]


@dataclass(slots=True)
class Switches:
    """How the twin behaves; changed through `POST /_control/switches`.

    Attributes:
        mode: how residents' mails are posted: the whole MIME ("Send Raw") or taken apart.
        events: which events go out: all in order, none, each twice, or the last first.
        step_s: seconds (of the world's clock) between two events of a mail, and before the first.
        replace_message_id: write a Message-ID of its own over ours (reports differ, UNVERIFIED).
        max_bytes: the largest call that is taken; above it nginx answers 413.
        mail_delay_s: least seconds between a resident's sending and our webhook.
    """

    mode: ParseMode = "raw"
    events: EventMode = "normal"
    step_s: float = 0.2
    replace_message_id: bool = False
    max_bytes: int = 30 << 20
    mail_delay_s: float = 0.0


@dataclass(slots=True)
class TwinMail:
    """One mail, either way.

    Attributes:
        id: the twin's own, `X-Message-Id` for ours.
        outgoing: True for a mail of the city's.
        status: `accepted`, `processed`, `delivered`, `bounce`, ... or `received`.
        custom_args: ours, echoed in every event. raw: the MIME of a resident's mail.
    """

    id: str
    outgoing: bool
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    at: datetime
    reply_to: str = ""
    status: str = "accepted"
    custom_args: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    raw: bytes = b""

    @property
    def reference(self) -> str:
        """Our own id of the sending, else the mail's."""
        return self.custom_args.get("intent", self.id)

    @property
    def message_id(self) -> str:
        """The `Message-ID`, with its angle brackets."""
        return self.headers.get("Message-ID", "")

    @property
    def has_arrived(self) -> bool:
        """True unless it never reached the mailbox."""
        return not self.outgoing or self.status in ("delivered", "spamreport")

    def to_json(self) -> dict[str, Any]:
        """Return what a mailbox shows of it."""
        return {
            "id": self.id,
            "mine": not self.outgoing,
            "from": self.sender,
            "from_name": self.sender_name,
            "to": self.recipient,
            "reply_to": self.reply_to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "headers": self.headers,
            "at": self.at.isoformat(timespec="milliseconds"),
            "status": self.status,
            "files": list(self.files),
        }


class TwinStore:
    """The twin's memory. It is lost with the process, as a rehearsal may be."""

    def __init__(self) -> None:
        self.mails: OrderedDict[str, TwinMail] = OrderedDict()
        self.suppressed: dict[str, str] = {}
        self.switches = Switches()

    def add(self, mail: TwinMail) -> TwinMail:
        """Keep a mail; the oldest make room."""
        self.mails[mail.id] = mail
        while len(self.mails) > KEPT:
            self.mails.popitem(last=False)
        return mail

    def find(self, name: str) -> TwinMail | None:
        """Return a mail by the twin's id or by its Message-ID."""
        if name in self.mails:
            return self.mails[name]
        return next((m for m in self.mails.values() if name and m.message_id == name), None)

    def mailbox(self, address: str) -> list[TwinMail]:
        """Return what a mailbox holds, sent and received, oldest first."""
        wanted = address.strip().lower()
        return [
            mail
            for mail in self.mails.values()
            if mail.has_arrived
            and wanted == (mail.recipient if mail.outgoing else mail.sender).lower()
        ]

    def addresses(self) -> list[str]:
        """Return the residents' addresses, in the order they first appeared."""
        seen: dict[str, None] = {}
        for mail in self.mails.values():
            seen.setdefault((mail.recipient if mail.outgoing else mail.sender).lower())
        return list(seen)

    def reset(self) -> None:
        """Forget everything and take the switches back."""
        self.mails.clear()
        self.suppressed.clear()
        self.switches = Switches()


def new_id() -> str:
    """Return a fresh `X-Message-Id`."""
    return urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
