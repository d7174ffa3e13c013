"""Reading the Events API: what people write, change and take away, homes, and our own removal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.slack.payload import (
    MAX_TEXT,
    Challenge,
    Ignored,
    MalformedSlack,
    Read,
    StaffEvent,
    take_id,
    take_text,
    take_ts,
)
from integrations.slack.text import read as read_text

_QUIET_SUBTYPES = frozenset(("thread_broadcast", "file_share", "me_message"))
"""Subtypes of messages that a person wrote all the same."""


def read_event(body: Mapping[str, Any]) -> Read:
    """Return what an event's body tells. Raises `MalformedSlack`."""
    if body.get("type") == "url_verification":
        word = body.get("challenge")
        if not isinstance(word, str) or not 0 < len(word) <= 1000 or not word.isascii():
            raise MalformedSlack
        return Challenge(word)
    if body.get("type") == "app_rate_limited":
        return Ignored("rate_limited")
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, dict):
        raise MalformedSlack
    team, event_id = take_id(body, "team_id"), take_text(body, "event_id", 60)
    if not event_id:
        raise MalformedSlack
    reader = _EVENTS.get(str(event.get("type")))
    return reader(event, team, event_id) if reader else Ignored("other_event")


def _read_message(event: Mapping[str, Any], team: str, event_id: str) -> Read:
    """Return a message of a person; its own `ts` is its key, so a mention of it is the same one."""
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _read_edited(event, team, event_id)
    if subtype == "message_deleted":
        return _read_deleted(event, team, event_id)
    if event.get("bot_id") or (subtype and subtype not in _QUIET_SUBTYPES):
        return Ignored("no_person")
    channel, ts, user = take_id(event, "channel"), take_ts(event, "ts"), take_id(event, "user")
    thread = take_ts(event, "thread_ts") if event.get("thread_ts") else ""
    data = {
        "channel": channel,
        "ts": ts,
        "thread": thread,
        "text": read_text(take_text(event, "text", MAX_TEXT)),
        "files": bool(event.get("files")),
    }
    return StaffEvent("message", team, user, f"m:{team}:{channel}:{ts}", _lane(team, data), data)


def _read_edited(event: Mapping[str, Any], team: str, event_id: str) -> Read:
    message, before = event.get("message"), event.get("previous_message")
    if not isinstance(message, dict) or not isinstance(before, dict):
        raise MalformedSlack
    same = message.get("text") == before.get("text")  # an unfurled link is no edit
    if message.get("bot_id") or "user" not in message or same:
        return Ignored("no_person")
    return _read_change("edited", event, message, team, event_id)


def _read_deleted(event: Mapping[str, Any], team: str, event_id: str) -> Read:
    before = event.get("previous_message")
    if not isinstance(before, dict) or before.get("bot_id") or "user" not in before:
        return Ignored("no_person")
    return _read_change("deleted", event, before, team, event_id)


def _read_change(
    kind: str, event: Mapping[str, Any], message: Mapping[str, Any], team: str, event_id: str
) -> StaffEvent:
    thread = take_ts(message, "thread_ts") if message.get("thread_ts") else ""
    data = {
        "channel": take_id(event, "channel"),
        "ts": take_ts(message, "ts"),
        "thread": thread,
        "text": read_text(take_text(message, "text", MAX_TEXT)),
    }
    return StaffEvent(
        kind, team, take_id(message, "user"), f"e:{event_id}", _lane(team, data), data
    )


def _read_home(event: Mapping[str, Any], team: str, event_id: str) -> Read:
    if event.get("tab") not in (None, "home"):
        return Ignored("other_tab")
    user = take_id(event, "user")
    return StaffEvent("home", team, user, f"e:{event_id}", f"u:{team}:{user}", {})


def _read_uninstalled(event: Mapping[str, Any], team: str, event_id: str) -> Read:
    tokens = event.get("tokens")
    if event.get("type") == "tokens_revoked" and isinstance(tokens, dict) and not tokens.get("bot"):
        return Ignored("other_tokens")
    return StaffEvent("uninstalled", team, "", f"e:{event_id}", f"t:{team}", {})


_EVENTS: Mapping[str, Callable[[Mapping[str, Any], str, str], Read]] = {
    "message": _read_message,
    "app_mention": _read_message,
    "app_home_opened": _read_home,
    "app_uninstalled": _read_uninstalled,
    "tokens_revoked": _read_uninstalled,
}


def _lane(team: str, data: Mapping[str, Any]) -> str:
    return f"c:{team}:{data['channel']}:{data['thread'] or data['ts']}"
