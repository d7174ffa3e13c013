"""Reading what Slack posts to us, once its signature was right: events, commands, interactions.

Whichever door it came by, it becomes one `StaffEvent` with a `key` that is the same when it comes
again (messaging.md 5.3): a message and the mention of one `ts` are one, a modal is sent once, a
press has its trigger. Over Socket Mode the same payloads come without a signature (`read_*`).
"""

from __future__ import annotations

from integrations.slack.events import read_event
from integrations.slack.interactions import read_command, read_interaction
from integrations.slack.payload import MalformedSlack, Read, read_form, read_json


def parse_event(raw_body: bytes) -> Read:
    """Return what an Events API request tells. Raises `MalformedSlack`."""
    return read_event(read_json(raw_body))


def parse_command(raw_body: bytes) -> Read:
    """Return the slash command of a request. Raises `MalformedSlack`."""
    return read_command(read_form(raw_body))


def parse_interaction(raw_body: bytes) -> Read:
    """Return the press or submission of a request. Raises `MalformedSlack`."""
    payload = read_form(raw_body).get("payload")
    if not payload:
        raise MalformedSlack
    return read_interaction(read_json(payload.encode()))
