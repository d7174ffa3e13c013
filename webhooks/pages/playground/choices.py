"""What the page offers to choose from: people, photos, delivery, clock steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from webhooks.pages.playground.calls import PROVIDERS
from webhooks.pages.playground.faults import OFFERED
from webhooks.pages.playground.mailbox import CLIENTS, SIGNATURES

PEOPLE = (
    {"name": "Ana", "number": "+19175550142"},
    {"name": "Ben", "number": "+13475550117"},
    {"name": "Chen", "number": "+17185550183"},
    {"name": "Dora", "number": "+19295550160"},
)
"""Made-up residents; the numbers are of the block kept for fiction."""

MAILBOXES = ("jane@home.example", "juan@home.example", "eve@home.example")

SAMPLES: Mapping[str, tuple[str, ...]] = {
    "": (),
    "photo": ("photo",),
    "ten": ("photo",) * 10,
    "broken": ("broken",),
    "video": ("video",),
}
"""Choice to the twin's sample files."""
PHOTOS = (
    ("", "none"),
    ("photo", "a photo"),
    ("ten", "ten photos"),
    ("broken", "a broken file"),
    ("video", "a video"),
)
LATENESS = (("0", "at once"), ("5", "5 s late"), ("20", "20 s late"))
REPEATS = (("1", "once"), ("2", "twice"), ("6", "6 times"))
STEPS = (
    ("5 min", "5 minutes", 300),
    ("1 h", "1 hour", 3600),
    ("1 day", "1 day", 86_400),
    ("7 days", "7 days", 604_800),
)
VIEWS = (
    ("phone", "Phone"),
    ("mail", "Mail"),
    ("flow", "Flow"),
    ("facts", "Facts"),
    ("calls", "Calls"),
    ("faults", "Faults"),
)
FOR_THE_PAGE: Mapping[str, Any] = {
    "people": PEOPLE,
    "photos": PHOTOS,
    "lateness": LATENESS,
    "repeats": REPEATS,
    "steps": STEPS,
    "views": VIEWS,
    "providers": tuple(PROVIDERS.items()),
    "names": frozenset(PROVIDERS),
    "faults": OFFERED,
    "mailboxes": MAILBOXES,
    "clients": CLIENTS,
    "signatures": SIGNATURES,
}

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{5,6}")


def is_number(text: str) -> bool:
    """Return whether `text` is an E.164 number or a short code."""
    return _NUMBER.fullmatch(text) is not None
