"""Slack's answers as they are on the wire, and the parsers for them.

Every answer says `ok`; one that says no comes with status 200 and a word (`errors_table.py`), but
for `ratelimited`, which is a 429 with `Retry-After`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from integrations.kit.calls import Answer
from integrations.kit.errors import AdapterError, RateLimited, Unreadable
from integrations.slack.errors_table import PROVIDER, error_of

Id = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,39}$")]
Stamp = Annotated[str, StringConstraints(pattern=r"^\d{1,12}\.\d{1,9}$")]
INTENT_EVENT = "cityhelper_intent"
"""Type of the metadata that carries our own id of the sending."""

_MAX_MEMBERS = 5000


class Wire(BaseModel):
    """Base: only what we use of an answer, frozen."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PostedDTO(Wire):
    """A message that stands in a channel: `ts` names it there."""

    channel: Id
    ts: Stamp


class NotedDTO(Wire):
    """An ephemeral message was shown."""

    message_ts: Stamp


class DoneDTO(Wire):
    """Nothing but that it was done."""

    ok: bool


class ViewDTO(Wire):
    """A modal or a home: `hash` says which state of it this is."""

    id: Id
    hash: str = Field(default="", max_length=100)


class UserDTO(Wire):
    """Somebody in a workspace. `name` and `email` are personal."""

    id: Id
    name: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=320)
    is_bot: bool = False
    deleted: bool = False


class TeamDTO(Wire):
    """Who we are there."""

    team_id: Id
    user_id: Id
    bot_id: str = Field(default="", max_length=40)


class MembersDTO(Wire):
    """The members of a user group."""

    users: tuple[Id, ...] = Field(max_length=_MAX_MEMBERS)


class KeptMessage(Wire):
    """One message of a history: when, and which of our sendings it is."""

    ts: Stamp
    intent: str = Field(default="", max_length=100)


class HistoryDTO(Wire):
    """A piece of a channel's or thread's history."""

    messages: tuple[KeptMessage, ...]
    next_cursor: str = Field(default="", max_length=500)


D = TypeVar("D", bound=BaseModel)


def read_ok(operation: str, answer: Answer) -> dict[str, Any]:
    """Return the body of an answer that says yes. Raises `AdapterError` for one that says no."""
    value = answer.json()
    if not isinstance(value, dict) or not isinstance(value.get("ok"), bool):
        raise Unreadable(PROVIDER, operation, status=answer.status)
    if not value["ok"]:
        word = value.get("error")
        if word in ("ratelimited", "rate_limited"):
            raise RateLimited(PROVIDER, operation, status=answer.status)
        raise error_of(operation, word if isinstance(word, str) else "", answer.status)
    return value


def _reader(operation: str, pick: Callable[[dict[str, Any]], D]) -> Callable[[Answer], D]:
    def parse(answer: Answer) -> D:
        return pick(read_ok(operation, answer))

    return parse


def _user_of(value: dict[str, Any]) -> UserDTO:
    user = value["user"]
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("name") or ""
    return UserDTO.model_validate({**user, "name": name, "email": profile.get("email") or ""})


def _history_of(value: dict[str, Any]) -> HistoryDTO:
    messages = []
    for message in value["messages"]:
        meta = message.get("metadata") or {}
        ours = meta.get("event_type") == INTENT_EVENT
        payload = (meta.get("event_payload") or {}) if ours else {}
        messages.append(KeptMessage(ts=message["ts"], intent=payload.get("intent") or ""))
    cursor = (value.get("response_metadata") or {}).get("next_cursor") or ""
    return HistoryDTO(messages=tuple(messages), next_cursor=cursor)


def parse_hook(answer: Answer) -> DoneDTO:
    """Return that a `response_url` took what was posted: its body is the word ok, or JSON."""
    if answer.body.strip() != b"ok":
        read_ok("respond", answer)
    return DoneDTO(ok=True)


PARSERS: dict[str, Callable[[Answer], Any]] = {
    "post": _reader("post", PostedDTO.model_validate),
    "update": _reader("update", PostedDTO.model_validate),
    "delete": _reader("delete", PostedDTO.model_validate),
    "whisper": _reader("whisper", NotedDTO.model_validate),
    "open_view": _reader("open_view", lambda v: ViewDTO.model_validate(v["view"])),
    "update_view": _reader("update_view", lambda v: ViewDTO.model_validate(v["view"])),
    "publish_home": _reader("publish_home", lambda v: ViewDTO.model_validate(v["view"])),
    "open_chat": _reader("open_chat", lambda v: PostedDTO(channel=v["channel"]["id"], ts="0.0")),
    "user": _reader("user", _user_of),
    "members": _reader("members", MembersDTO.model_validate),
    "who_am_i": _reader("who_am_i", TeamDTO.model_validate),
    "history": _reader("history", _history_of),
    "respond": parse_hook,
}
EXPLAINERS: dict[str, Callable[[Answer], AdapterError | None]] = {}
