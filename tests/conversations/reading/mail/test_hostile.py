"""Hostile mails cost work in proportion to their length, and our own limits hold."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from conversations.reading.mail.lines import plain_lines
from conversations.reading.mail.trim import Format, trim

SENT = ["Your report is with the city. " * 20]
PLAIN = [
    ">",
    "> ",
    ">\n",
    "On ",
    "On \n",
    "On 2 Nov 2026:\n",
    "From: a\n",
    "From: a\nTo: b\n",
    "--\n",
    "-----------\nvirus\n",
    ":",
    ":\n",
    "* ",
    "<",
    "<a\n",
    "<a\n>:\n",
    "\n",
    "a@",
    "a@b.co wrote:\n",
    "confidential virus\n\n",
    "Sent from my iPhone\n",
    "##- ",
    "##-\n",
    "> a\nb\n\n",
    "> ((\n)\n",
    "2026 ",
    "Your report is with ",
    "***********\n\n",
    "Regards,\n",
    "/Ana\n",
    "1",
    "\u200f",
    "importance: x\n",
    "reply-to: a\n\n",
]
PAGES = [
    "<div>",
    "</div>",
    "<div></p>",
    "<blockquote>",
    "<div class='gmail_quote'><br>",
    "<",
    "<!--",
    "<style>",
    "<pre>\n",
    "&",
    "&#9",
    "<a id=",
    "<p>",
    "<td>",
    "<hr>",
    "<div class='gmail_signature'>x",
    "<blockquote type=cite>x",
    "<br>",
    "<title></title>",
    "<div id=appendonsend>x",
]


def steps(body: str, fmt: Format) -> int:
    """Return how many Python and built-in functions are called to trim a body."""
    count = 0

    def see(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    trim("warm up", fmt, SENT)
    sys.setprofile(see)
    try:
        trim(body, fmt, SENT)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", PLAIN)
def test_four_times_the_text_is_not_sixteen_times_the_work(piece: str) -> None:
    """A text of one piece over and over takes steps in proportion to its length."""
    few, many = (steps(piece * (size // len(piece)), "plain") for size in (4_000, 16_000))
    assert many <= 5 * few + 400


@pytest.mark.parametrize("piece", PAGES)
def test_four_times_the_page_is_not_sixteen_times_the_work(piece: str) -> None:
    """A page of one piece over and over, never closed, takes steps in proportion too."""
    few, many = (steps(piece * (size // len(piece)), "html") for size in (4_000, 16_000))
    assert many <= 5 * few + 400


def test_patterns_see_short_texts_only() -> None:
    """No pattern of ours is given more of one line than a thousand characters."""
    line = plain_lines("On Mon, Nov 2, 2026 x" * 50_000)[0]
    assert len(line.low) <= 1_000


def test_a_hundred_kilobytes_come_back_whole() -> None:
    """A long mail that nothing is known about is kept to the last word."""
    body = "wort " * 20_000 + "ende"
    assert trim(body, "plain").reply == body
    assert trim(f"<p>{body}</p>", "html").reply == body


def test_a_mail_nested_too_deep_does_not_fail() -> None:
    """Thousands of nested parts give what can be read, not an error."""
    depth = 1_500
    head = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        for level in range(depth)
    )
    assert "still out" in trim(f"{head}\nstill out", "eml").reply


def test_bytes_of_any_charset_are_read() -> None:
    """A charset that is claimed wrongly, or that nobody knows, does not lose the words."""
    for claimed, content in (
        ("utf-8", b"se\xc3\xb1or"),
        ("us-ascii", b"se\xc3\xb1or"),
        ("iso-8859-1", b"se\xc3\xb1or"),
        ("iso-8859-1", b"se\xf1or"),
        ("no-such", b"se\xc3\xb1or"),
        ("no-such", b"se\xf1or"),
        ("utf-8", b"\xef\xbb\xbfse\xc3\xb1or"),
    ):
        raw = f"Content-Type: text/plain; charset={claimed}\n\n".encode() + content
        assert trim(raw, "eml").reply.lstrip("\ufeff") == "señor"
    raw = b"Content-Type: text/plain; charset=koi8-r\n\n" + "Привет".encode("koi8-r")
    assert trim(raw, "eml").reply == "Привет"
