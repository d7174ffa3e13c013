"""Whole mails are cut to what was typed, and no word of it is ever lost."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.reading.mail.trim import trim

MAILS = tomllib.loads((Path(__file__).parent / "mails.toml").read_text(encoding="utf-8"))
CLIENTS = tomllib.loads((Path(__file__).parent / "clients.toml").read_text(encoding="utf-8"))
WORD = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=12)
TYPED = st.lists(WORD, min_size=1, max_size=30).map(" ".join)
PIECES = st.sampled_from(CLIENTS["pieces"] + ["\x00", "\ud800"])
BODY = st.lists(PIECES | WORD | st.text(max_size=20), max_size=40).map("".join)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_cut_to_what_was_typed(name: str) -> None:
    """Each mail gives the words that were typed in it, in order, and nothing else."""
    case: dict[str, Any] = MAILS[name]
    found = trim(case["mail"].lstrip("\n"), case.get("format", "plain"), case.get("sent", ()))
    assert found.reply.split() == case.get("reply", case["mail"]).split()


def test_the_rest_is_told_apart() -> None:
    """What is cut is handed on as `rest`, so that the whole can be shown on demand."""
    found = trim("Still out.\n\nOn 2 Nov 2026, at 10:15, City wrote:\n> Fixed.\n", "plain")
    assert found.rest == "On 2 Nov 2026, at 10:15, City wrote:\n> Fixed."


@given(BODY, st.lists(TYPED, max_size=2))
def test_a_reply_is_made_of_words_of_the_body(body: str, sent: list[str]) -> None:
    """Every word of a reply stands in the mail, and a mail with words has a reply."""
    found = trim(body, "plain", sent)
    words = body.split()
    assert all(word in body for word in found.reply.split())
    assert bool(found.reply) or not any(mark.isalnum() for word in words for mark in word)


@given(TYPED, st.sampled_from(CLIENTS["intros"]), BODY)
def test_words_above_a_marker_are_never_lost(typed: str, intro: str, below: str) -> None:
    """Whatever comes back below our marker, each word typed above it is in the reply."""
    mail = f"{typed}\n\n{intro}\n\n##- Reply above this line -##\n\n{below}"
    assert trim(mail, "plain").reply.split() == typed.split()
    quoted = f"{typed}\n\n{intro}\n\n> ##- Reply above this line -##\n>\n{below}"
    assert trim(quoted, "plain").reply.split()[: len(typed.split())] == typed.split()


@given(TYPED, st.sampled_from(CLIENTS["intros"] + CLIENTS["headers"]), BODY)
def test_words_above_an_intro_are_never_lost(typed: str, intro: str, below: str) -> None:
    """Each word typed above an intro or copied headers is in the reply."""
    reply = trim(f"{typed}\n\n{intro}\n\n> ok\n{below}", "plain").reply
    assert reply.split()[: len(typed.split())] == typed.split()


@given(
    st.text(max_size=300) | BODY, st.sampled_from(["plain", "html", "eml"]), st.binary(max_size=80)
)
def test_nothing_raises(body: str, fmt: Any, noise: bytes) -> None:
    """No text, page or raw mail makes it fail, broken charsets and headers included."""
    trim(body, fmt)
    trim(
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"
        + noise
        + body.encode("utf-8", "replace"),
        "eml",
    )
    trim(noise + b"\nSubject: =?x?B?" + noise + b"?=\n\n" + noise, "eml")
