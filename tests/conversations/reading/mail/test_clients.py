"""What mail programs of the world add goes; what the resident typed stays, word for word."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from conversations.reading.mail.trim import trim

CLIENTS = tomllib.loads((Path(__file__).parent / "clients.toml").read_text(encoding="utf-8"))
TYPED = (
    "The hydrant on Grove Street is still leaking.\n\nPlease send someone, it floods the corner."
)
OURS = "Your report is with the city. We look at it this week.\n\nText STATUS any time."
QUOTED = "\n".join(f"> {line}".rstrip() for line in OURS.split("\n"))


@pytest.mark.parametrize("intro", CLIENTS["intros"])
def test_an_intro_and_the_quote_below_it_go(intro: str) -> None:
    """An intro of any program and language ends what was typed, with quote marks below it."""
    assert trim(f"{TYPED}\n\n{intro}\n\n{QUOTED}\n", "plain").reply == TYPED


@pytest.mark.parametrize("intro", CLIENTS["intros"])
def test_an_intro_needs_no_quote_marks(intro: str) -> None:
    """An intro with a date and an address or time ends what was typed without marks below it."""
    assert trim(f"{TYPED}\n\n{intro}\n\n{OURS}\n", "plain").reply == TYPED


@pytest.mark.parametrize("intro", CLIENTS["intros"])
def test_what_is_typed_below_the_quote_stays(intro: str) -> None:
    """An answer below the quote, or between two quotes, is kept in order."""
    mail = f"{intro}\n{QUOTED}\n\nStill leaking.\n\n> Text STATUS any time.\n\nI did.\n"
    reply = trim(mail, "plain").reply
    assert reply.split() == ["Still", "leaking.", "I", "did."]


@pytest.mark.parametrize("headers", CLIENTS["headers"])
def test_copied_headers_end_what_was_typed(headers: str) -> None:
    """A block of copied headers in any language goes with all below it."""
    assert trim(f"{TYPED}\n\n{headers}\n\n{OURS}\n", "plain").reply == TYPED


@pytest.mark.parametrize("device", CLIENTS["devices"])
def test_a_line_of_the_device_goes(device: str) -> None:
    """What a phone or an app writes below every mail goes, above a quote and at the end."""
    assert trim(f"{TYPED}\n\n{device}\n", "plain").reply == TYPED
    quoted = f"{TYPED}\n\n{device}\n\n{CLIENTS['intros'][0]}\n{QUOTED}"
    assert trim(quoted, "plain").reply == TYPED


@pytest.mark.parametrize("notice", CLIENTS["disclaimers"])
def test_a_legal_notice_at_the_end_goes(notice: str) -> None:
    """A notice as last paragraph, or in a drawn frame, goes in every language."""
    assert trim(f"{TYPED}\n\n{notice}\n", "plain").reply == TYPED
    frame = "*" * 40
    assert trim(f"{TYPED}\n\n{frame}\n{notice}\n{frame}\n", "plain").reply == TYPED


@pytest.mark.parametrize("forward", CLIENTS["forwards"])
def test_a_forwarded_mail_is_content(forward: str) -> None:
    """A mail that is passed on stays whole: it is what the resident wants us to read."""
    mail = f"{TYPED}\n\n{forward}"
    assert trim(mail, "plain").reply == mail
    assert trim(forward, "plain").reply == forward
