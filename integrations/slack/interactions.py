"""Reading commands, presses and modals that were sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.slack.payload import (
    MAX_TEXT,
    Ignored,
    MalformedSlack,
    Read,
    StaffEvent,
    take_id,
    take_text,
)
from integrations.slack.text import read as read_text


def read_command(form: Mapping[str, Any]) -> Read:
    """Return a slash command. Raises `MalformedSlack`."""
    if form.get("ssl_check"):
        return Ignored("ssl_check")
    team, user = take_id(form, "team_id"), take_id(form, "user_id")
    trigger = take_text(form, "trigger_id", 200)
    if not trigger or not take_text(form, "command", 100).startswith("/"):
        raise MalformedSlack
    data = {
        "channel": take_id(form, "channel_id"),
        "text": read_text(take_text(form, "text", MAX_TEXT)),
        "response_url": take_text(form, "response_url", 500),
    }
    return StaffEvent("command", team, user, f"t:{trigger}", f"u:{team}:{user}", data, trigger)


def read_interaction(payload: Mapping[str, Any]) -> Read:
    """Return a press or a modal that was sent. Raises `MalformedSlack`."""
    reader = _INTERACTIONS.get(str(payload.get("type")))
    if reader is None:
        return Ignored("other_interaction")
    who = payload.get("user")
    team = payload.get("team")
    if not isinstance(who, dict):
        raise MalformedSlack
    # With an organisation's app `team` is null; the person's own workspace is meant then.
    named = take_id(team) if isinstance(team, dict) else take_id(who, "team_id")
    return reader(payload, named, take_id(who))


def _read_press(payload: Mapping[str, Any], team: str, user: str) -> Read:
    actions = payload.get("actions")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], dict):
        raise MalformedSlack
    action = actions[0]
    chosen = action.get("selected_option")
    value = chosen.get("value") if isinstance(chosen, dict) else action.get("value")
    place = payload.get("container")
    if not isinstance(place, dict):
        place = {}
    view = payload.get("view")
    stamp, trigger = take_text(action, "action_ts", 40), take_text(payload, "trigger_id", 200)
    if not stamp and not trigger:
        raise MalformedSlack
    data = {
        "action": take_text(action, "action_id", 255),
        "value": value if isinstance(value, str) else "",
        "channel": take_text(place, "channel_id", 40),
        "ts": take_text(place, "message_ts", 40),
        "view": take_text(view, "id", 40) if isinstance(view, dict) else "",
        "response_url": take_text(payload, "response_url", 500),
    }
    key = f"p:{team}:{user}:{trigger}:{stamp}"
    return StaffEvent("press", team, user, key, f"u:{team}:{user}", data, trigger)


def _read_submission(payload: Mapping[str, Any], team: str, user: str) -> Read:
    """Return a modal that was sent: once, however often the button was pressed."""
    view = payload.get("view")
    if not isinstance(view, dict):
        raise MalformedSlack
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else {}
    data = {
        "callback": take_text(view, "callback_id", 255),
        "metadata": take_text(view, "private_metadata", 3000),
        "values": _values(values),
    }
    key = f"v:{team}:{take_id(view)}"
    return StaffEvent("submission", team, user, key, f"u:{team}:{user}", data)


def _values(values: Any) -> dict[str, str]:
    """Return what was typed and chosen in a modal: action id to text."""
    found: dict[str, str] = {}
    blocks = values.values() if isinstance(values, dict) else ()
    for actions in blocks:
        for name, element in actions.items() if isinstance(actions, dict) else ():
            if not isinstance(element, dict) or not isinstance(name, str):
                continue
            chosen = element.get("selected_option")
            value = chosen.get("value") if isinstance(chosen, dict) else element.get("value")
            if isinstance(value, str):
                found[name[:100]] = value[:MAX_TEXT]
    return found


_INTERACTIONS: Mapping[str, Callable[[Mapping[str, Any], str, str], Read]] = {
    "block_actions": _read_press,
    "view_submission": _read_submission,
}
