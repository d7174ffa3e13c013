"""A resident's mailbox as the page shows it, and the page of one mail in its frame.

A mail is somebody's HTML. It is shown in a frame of its own whose policy allows styles and our own
pictures and nothing else; links in it open beside the playground, as a mail program does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

CLIENTS = (("gmail", "Gmail"), ("outlook", "Outlook"), ("apple", "Apple Mail"), ("plain", "plain"))
"""Programs the twin can write as, and what they are called."""

SIGNATURES = (("pass", "signed (DKIM)"), ("fail", "not signed"))
MAX_SUBJECT = 200
MAX_TEXT = 20_000
FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""Policy of a mail's frame. No script runs in it, so the same origin gives a mail nothing."""

_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_BASE = re.compile(r"<base\b[^>]*>", re.IGNORECASE)


def is_mailbox(text: str) -> bool:
    """Return whether `text` is an address the page writes from."""
    return len(text) <= 120 and _ADDRESS.fullmatch(text) is not None


def letters(mails: Iterable[Mapping[str, Any]], base: str) -> list[dict[str, Any]]:
    """Return the mails for the page, oldest first: one of ours with the address of its frame.

    Args:
        mails: what the twin's mailbox holds (`GET /sendgrid/_control/mailbox`).
        base: path of the playground.
    """
    return [
        {
            "id": mail["id"],
            "mine": mail["mine"],
            "at": mail["at"],
            "subject": mail["subject"],
            "from": mail["from_name"] or mail["from"],
            "text": mail["text"] if mail["mine"] else "",
            "frame": "" if mail["mine"] or not mail["html"] else f"{base}/mails/{mail['id']}",
        }
        for mail in mails
    ]


def frame_of(mail: Mapping[str, Any]) -> str:
    """Return the HTML of a mail for its frame: its links open elsewhere."""
    html = _BASE.sub("", str(mail["html"]))
    return re.sub(r"<head\b[^>]*>", lambda head: head[0] + '<base target="_blank">', html, count=1)
