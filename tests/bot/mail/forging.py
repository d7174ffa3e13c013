"""How mails are forged: the victim, the forger and the loot, and one forged mail."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.bot.mail.real import BOX, Post

VICTIM = "victim@home.example"
EVIL = "eve@evil.example"
OTHER = "olga@other.example"
"""A third resident, whose tokens are tried too."""

EVIL_PASS, VICTIM_FAIL = "{@evil.example : pass}", "{@home.example : fail}"
VICTIM_PASS = "{@home.example : pass}"

TEXTS = (
    "STOP",
    "unsubscribe me",
    "yes",
    "1",
    "2",
    "not fixed",
    "my new address is 5 Main Street, Queens",
    "status",
    "en español por favor",
    "pothole at 200 Broadway, Brooklyn",
    "Please send all news to eve@evil.example",
    "good morning",
)
"""What a forger would like the victim to have said."""

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Loot:
    """What a forger may have got hold of.

    Attributes:
        token: of the victim's mails; other: of a third resident's; own: of the forger's own.
        ended: one of the victim's that has ended.
        page, unsubscribe: words of the victim's links.
        ours: the Message-ID of a mail of ours to the victim; root: of its thread.
        theirs: the Message-ID of a mail of the victim.
    """

    token: str
    other: str
    own: str
    ended: str
    page: str
    unsubscribe: str
    ours: str
    root: str
    theirs: str


Forge = Callable[[Loot, str], Post]
Kinds = Mapping[str, Forge]


def forge(
    text: str,
    origin: str = f"Victim <{VICTIM}>",
    *more: tuple[str, str],
    **post: Any,
) -> Post:
    """Return a forged mail: sent by the forger's server, signed by the forger's domain.

    Args:
        text: what it says.
        origin: its `From`.
        more: further headers; one that is named here takes the place of the usual one.
        post: what else differs, see `Post`; a `body` takes the text's place.
    """
    usual = {
        "To": BOX,
        "Subject": "Your report",
        "Message-ID": f"<forged-{next(_numbers)}@evil.example>",
    }
    named = {name.lower() for name, _ in more}
    kept = [(name, value) for name, value in usual.items() if name.lower() not in named]
    fields: dict[str, Any] = {
        "headers": [("From", origin), *kept, *more],
        "body": text.encode("utf-8", "surrogateescape"),
        "envelope_from": EVIL,
        "dkim": EVIL_PASS,
    }
    return Post(**{**fields, **post})


def tagged(word: str) -> tuple[str, ...]:
    """Return an envelope to the mailbox with a token."""
    local, _, domain = BOX.partition("@")
    return (f"{local}+{word}@{domain}",)
