"""A resident's thread as the phone shows it: what the Twilio twin says this phone has sent and got.

A reply is shown when the twin has it, and not before: that is the moment the real phone would get
it. The carrier's own answers (to STOP, say) are there too, marked as not ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.inspect import segments_of

FAILED = frozenset({"failed", "undelivered"})


def thread(
    messages: Iterable[Mapping[str, Any]], notes: Mapping[str, str], base: str
) -> list[dict[str, Any]]:
    """Return the thread for the page, oldest first.

    Args:
        messages: what the twin's phone shows (`GET /twilio/_control/phone`).
        notes: message id to what was unusual about its delivery.
        base: path of the playground, for pictures.
    """
    return [_bubble(message, notes.get(message["sid"], ""), base) for message in messages]


def _bubble(message: Mapping[str, Any], note: str, base: str) -> dict[str, Any]:
    """Return one message for the page."""
    failed = not message["mine"] and message["status"] in FAILED
    return {
        "id": message["sid"],
        "mine": message["mine"],
        "at": message["at"],
        "text": message["body"],
        "photos": [{"image": f"{base}/files/{name}"} for name in message["media"]],
        "note": note if message["mine"] else _reply_note(message, failed),
        "failed": failed,
        "carrier": message["carrier"],
    }


def _reply_note(message: Mapping[str, Any], failed: bool) -> str:
    """Return what stands under a reply: who sent it, its size, or that it did not arrive."""
    if message["carrier"]:
        return "the carrier's own answer"
    if failed:
        return f"not delivered ({message['error_code']})"
    count = segments_of(message["body"])
    return f"{count} segment" if count == 1 else f"{count} segments"
