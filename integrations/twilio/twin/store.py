"""What the twin keeps: messages, files, who has opted out, and how it is set."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import orjson

from integrations.kit.sandbox.kept_lines import KeptLines

KEPT = 20_000
_FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
_RESOURCE: dict[str, Any] = orjson.loads((_FIXTURES / "send_queued.json").read_bytes())["response"][
    "body"
]
"""A message resource as it is recorded: what the twin serves has its fields."""
Callbacks = Literal["normal", "none", "duplicate", "reversed"]


@dataclass(slots=True)
class Switches:
    """How the twin behaves; changed through `POST /_control/switches`.

    Attributes:
        callbacks: which receipts go out: all in order, none, each twice, or the last first.
        step_s: seconds (of the world's clock) between two receipts, and before the first.
        rate_limit: answer 429 (20429) above one message a second per sending number.
        honour_idempotency: same `I-Twilio-Idempotency-Token`, same message (the real one: no).
        advanced_opt_out: send `OptOutType` and answer keywords as Advanced Opt-Out does.
        redirect_media: answer a file's URL with a redirect to a storage path, as Twilio does.
        text_delay_s: least seconds between a resident's sending and our webhook.
    """

    callbacks: Callbacks = "normal"
    step_s: float = 0.2
    rate_limit: bool = False
    honour_idempotency: bool = False
    advanced_opt_out: bool = False
    redirect_media: bool = True
    text_delay_s: float = 0.0


@dataclass(slots=True)
class TwinMessage:
    """One message, either way. `by_carrier`: the carrier's own answer, never seen by our API."""

    sid: str
    sender: str
    recipient: str
    body: str
    direction: str
    status: str
    created: datetime
    sent: datetime | None = None
    error_code: int | None = None
    callback: str = ""
    service: str | None = None
    media: tuple[str, ...] = ()
    media_base: str = "https://api.twilio.com"
    by_carrier: bool = False
    history: list[str] = field(default_factory=list)
    validity_s: int = 36_000

    @property
    def reference(self) -> str:
        """Our own id of the sending: `intent` of the callback URL, else the message's id."""
        found = parse_qs(urlsplit(self.callback).query).get("intent")
        return found[0] if found else self.sid

    def to_wire(self, account: str) -> dict[str, Any]:
        """Return the message resource as in the fixture, with this message's values."""
        uri = f"/2010-04-01/Accounts/{account}/Messages/{self.sid}"
        return {
            **_RESOURCE,
            "account_sid": account,
            "body": self.body,
            "date_created": format_datetime(self.created),
            "date_sent": format_datetime(self.sent) if self.sent else None,
            "date_updated": format_datetime(self.sent or self.created),
            "direction": self.direction,
            "error_code": self.error_code,
            "from": self.sender or None,
            "messaging_service_sid": self.service,
            "num_media": str(len(self.media)),
            # With a Messaging Service the real one says 0 here.
            "num_segments": "0" if self.service else str(max(1, -(-len(self.body) // 153))),
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.recipient,
            "uri": f"{uri}.json",
        }

    def to_phone(self, number: str) -> dict[str, Any]:
        """Return what the phone with `number` shows of it."""
        return {
            "sid": self.sid,
            "mine": self.sender == number,
            "with": self.recipient if self.sender == number else self.sender,
            "body": self.body,
            "at": self.created.isoformat(timespec="milliseconds"),
            "status": self.status,
            "error_code": self.error_code,
            "carrier": self.by_carrier,
            "media": list(self.media),
        }


class TwinStore:
    """The twin's memory: messages, files and who opted out outlive it, the switches do not.

    A message that was on its way when the twin ended stays where it was.

    Args:
        kept: where it is kept; a later line about the same thing replaces the earlier one.
    """

    def __init__(self, kept: KeptLines) -> None:
        self.messages: OrderedDict[str, TwinMessage] = OrderedDict()
        self.files: dict[str, tuple[str, bytes]] = {}
        self.blocked: set[tuple[str, str]] = set()
        self.by_token: dict[str, str] = {}
        self.switches = Switches()
        self._kept = kept
        kept.restore(self._revive)

    def add(self, message: TwinMessage) -> TwinMessage:
        """Keep a message; the oldest make room."""
        self.messages[message.sid] = message
        while len(self.messages) > KEPT:
            self.messages.popitem(last=False)
        self._kept.add({"message": asdict(message)})
        return message

    def note_change(self, message: TwinMessage) -> None:
        """Keep what has become of a message, unless it was forgotten meanwhile."""
        if message.sid in self.messages:
            self._kept.add({"message": asdict(message)})

    def add_file(self, content_type: str, data: bytes) -> str:
        """Keep a file and return its id (`ME...`)."""
        file_id = "ME" + secrets.token_hex(16)
        self.files[file_id] = (content_type, data)
        content = b64encode(data).decode()
        self._kept.add({"file": file_id, "content_type": content_type, "content": content})
        return file_id

    def drop_file(self, file_id: str) -> bool:
        """Delete a file; return whether there was one."""
        if self.files.pop(file_id, None) is None:
            return False
        self._kept.add({"file": file_id})
        return True

    def block(self, resident: str, city: str, *, blocked: bool) -> None:
        """Note that a resident opted out of a city's texts, or in again."""
        change = self.blocked.add if blocked else self.blocked.discard
        change((resident, city))
        self._kept.add({"resident": resident, "city": city, "blocked": blocked})

    def _revive(self, value: dict[str, Any]) -> None:
        """Take in one line that was kept."""
        if "message" in value:
            message = _revive_message(value["message"])
            self.messages[message.sid] = message
        elif "content" in value:
            self.files[value["file"]] = (value["content_type"], b64decode(value["content"]))
        elif "file" in value:
            self.files.pop(value["file"], None)
        elif value["blocked"]:
            self.blocked.add((value["resident"], value["city"]))
        else:
            self.blocked.discard((value["resident"], value["city"]))

    def phone(self, number: str) -> list[TwinMessage]:
        """Return all messages from or to a number, oldest first."""
        return [m for m in self.messages.values() if number in (m.sender, m.recipient)]

    def reset(self) -> None:
        """Forget everything and take the switches back."""
        self.messages.clear()
        self.files.clear()
        self.blocked.clear()
        self.by_token.clear()
        self.switches = Switches()
        self._kept.clear()


def _revive_message(value: dict[str, Any]) -> TwinMessage:
    """Return the message of a kept line."""
    sent = value.pop("sent")
    return TwinMessage(
        **{
            **value,
            "created": datetime.fromisoformat(value["created"]),
            "sent": datetime.fromisoformat(sent) if sent else None,
            "media": tuple(value["media"]),
        }
    )


def new_sid(media: bool = False) -> str:
    """Return a fresh message id."""
    return ("MM" if media else "SM") + secrets.token_hex(16)
