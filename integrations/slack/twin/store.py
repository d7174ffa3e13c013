"""What the twin keeps: one workspace, its people and messages, and how the twin is set."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

KEPT = 2_000
"""Messages of one channel that are kept."""

TRIGGER_S = 3.0
HOOK_S = 1800.0
HOOK_USES = 5
BOT = "U0CITYBOT"

CHANNELS = {"C0DESK": "311-desk", "C0STREETS": "311-streets", "C0OPS": "311-ops"}
PEOPLE = {
    "U0ALVAREZ": ("Rosa Alvarez", "rosa.alvarez@city.example"),
    "U0BAKER": ("Sam Baker", "sam.baker@city.example"),
    "U0CHEN": ("Mei Chen", "mei.chen@city.example"),
    "U0VISITOR": ("Vic Visitor", "vic@elsewhere.example"),
}
GROUPS = {"S0STAFF": ["U0ALVAREZ", "U0BAKER"], "S0ADMIN": ["U0CHEN"]}


@dataclass(slots=True)
class Switches:
    """How the twin behaves; changed through `POST /_control/switches`.

    Attributes:
        limits: 429 above one message a second and channel, as the real one.
        repeats: how often each event comes besides the first time, with `X-Slack-Retry-Num`.
        reversed_events: of two events of one message the second comes first.
        events: whether events are sent at all.
    """

    limits: bool = False
    repeats: int = 0
    reversed_events: bool = False
    events: bool = True


@dataclass(slots=True)
class TwinMessage:
    """One message in a channel. `to` is who alone sees it, or empty."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    to: str = ""
    edited: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what the page shows."""
        return asdict(self)

    def to_wire(self) -> dict[str, Any]:
        """Return it as the Web API and events show it."""
        wire: dict[str, Any] = {
            "type": "message", "user": self.user, "text": self.text, "ts": self.ts,
            "blocks": self.blocks,
        }  # fmt: skip
        if self.thread_ts:
            wire["thread_ts"] = self.thread_ts
        if self.user == BOT:
            wire["bot_id"] = "B0CITYBOT"
        if self.metadata:
            wire["metadata"] = self.metadata
        return wire


@dataclass(slots=True)
class TwinView:
    """A modal that is open, or a home. `state` is what was chosen in its inputs so far."""

    id: str
    user: str
    view: dict[str, Any]
    hash: str
    is_open: bool = True

    def to_wire(self, team: str) -> dict[str, Any]:
        """Return it as the Web API shows it."""
        return {**self.view, "id": self.id, "team_id": team, "hash": self.hash}


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, for three seconds."""

    user: str
    until: float
    used: bool = False


@dataclass(slots=True)
class Hook:
    """A `response_url`: five uses in half an hour."""

    channel: str
    user: str
    message_ts: str
    until: float
    uses: int = 0


class TwinStore:
    """The twin's memory of one workspace. It is lost with the process."""

    def __init__(self, now: Callable[[], datetime], team: str) -> None:
        self._now = now
        self.team = team
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.channels: dict[str, str] = dict(CHANNELS)
        self.people = dict(PEOPLE)
        self.groups = {name: list(members) for name, members in GROUPS.items()}
        self.messages: dict[str, OrderedDict[str, TwinMessage]] = {}
        self.views: dict[str, TwinView] = {}
        self.homes: dict[str, TwinView] = {}
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, Hook] = {}
        self.deleted: list[tuple[str, str]] = []
        self.switches = Switches()
        self.version = 0
        self._last_ts = 0

    def new_ts(self) -> str:
        """Return a `ts` that no message has; they always grow."""
        micro = max(int(self._now().timestamp() * 1_000_000), self._last_ts + 1)
        self._last_ts = micro
        return f"{micro // 1_000_000}.{micro % 1_000_000:06d}"

    def seconds(self) -> float:
        """Return the time in this world, seconds since 1970."""
        return self._now().timestamp()

    def add(self, message: TwinMessage) -> TwinMessage:
        """Keep a message; the oldest of its channel make room."""
        kept = self.messages.setdefault(message.channel, OrderedDict())
        kept[message.ts] = message
        while len(kept) > KEPT:
            kept.popitem(last=False)
        self.version += 1
        return message

    def find(self, channel: str, ts: str) -> TwinMessage | None:
        """Return a message, or None when there is none (any more)."""
        return self.messages.get(channel, OrderedDict()).get(ts)

    def take_away(self, channel: str, ts: str) -> TwinMessage | None:
        """Delete a message and return it."""
        gone = self.messages.get(channel, OrderedDict()).pop(ts, None)
        if gone is not None:
            self.deleted.append((channel, ts))
            self.version += 1
        return gone

    def thread(self, channel: str, ts: str) -> list[TwinMessage]:
        """Return a message and its answers, oldest first."""
        kept = self.all_in(channel)
        return [m for m in kept if not m.to and ts in (m.ts, m.thread_ts)]

    def all_in(self, channel: str) -> list[TwinMessage]:
        """Return every message of a channel, oldest first."""
        return list(self.messages.get(channel, OrderedDict()).values())

    def new_trigger(self, user: str) -> str:
        """Return a fresh trigger of somebody's."""
        name = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self.triggers[name] = Trigger(user, self.seconds() + TRIGGER_S)
        return name

    def new_hook(self, channel: str, user: str, message_ts: str = "") -> str:
        """Return the name of a fresh `response_url`."""
        name = secrets.token_urlsafe(18)
        self.hooks[name] = Hook(channel, user, message_ts, self.seconds() + HOOK_S)
        return name

    def open_view(self, user: str, view: dict[str, Any]) -> TwinView:
        """Keep a modal that was opened."""
        made = TwinView("V0" + secrets.token_hex(5).upper(), user, view, self.new_hash())
        self.views[made.id] = made
        self.version += 1
        return made

    def new_hash(self) -> str:
        """Return what names a state of a view."""
        return f"{int(self.seconds())}.{secrets.token_hex(4)}"

    def home_of(self, user: str) -> TwinView | None:
        """Return somebody's home, if it was ever published."""
        return self.homes.get(user)
