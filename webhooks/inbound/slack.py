"""Slack's three doors: `/in/slack/events`, `/in/slack/commands`, `/in/slack/interactions`.

All are signed over raw bytes with a timestamp of five minutes. What staff did is kept, then
answered 200 with an empty body; a worker does it. What we have no use for is answered 200 as well:
Slack brings again what is not, and turns an app off that refuses too much (messaging.md 5.3).
"""

from __future__ import annotations

from collections.abc import Callable

from integrations.slack.inbound import parse_command, parse_event, parse_interaction
from integrations.slack.payload import Challenge, Ignored, MalformedSlack, Read
from integrations.slack.signature import verify
from webhooks.inbound.door import Answer, Door, MalformedError, Received, Told, plain
from webhooks.wiring import Shell, SlackSide

SIGNATURE_HEADER = b"x-slack-signature"
TIMESTAMP_HEADER = b"x-slack-request-timestamp"
JSON, FORM = b"application/json", b"application/x-www-form-urlencoded"
LARGEST = 256 * 1024
TAKEN = Answer(200)
SECONDS = 2.5
"""Slack waits three."""


def doors(shell: Shell) -> tuple[Door, ...]:
    """Return Slack's doors; none without a channel there or a secret."""
    side = shell.slack
    if side is None or not side.secrets:
        return ()
    return (
        _door(shell, side, "/in/slack/events", JSON, parse_event),
        _door(shell, side, "/in/slack/commands", FORM, parse_command),
        _door(shell, side, "/in/slack/interactions", FORM, parse_interaction),
    )


def _door(
    shell: Shell, side: SlackSide, path: str, kind: bytes, parse: Callable[[bytes], Read]
) -> Door:
    def genuine(received: Received) -> bool:
        now = shell.clock.now().timestamp()
        return verify(received.body, received.signature, received.timestamp, side.secrets, now)

    async def take(received: Received) -> str | Told:
        try:
            read = parse(received.body)
        except MalformedSlack:
            raise MalformedError from None
        if isinstance(read, Challenge):
            return Told("challenge", plain(200, read.word))
        if isinstance(read, Ignored):
            return "ignored"
        return await side.front.accept(read)

    return Door(
        "slack",
        path,
        kind,
        SIGNATURE_HEADER,
        genuine,
        take,
        TAKEN,
        timestamp_header=TIMESTAMP_HEADER,
        largest=LARGEST,
        seconds=SECONDS,
    )
