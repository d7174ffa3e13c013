"""What every mail of ours carries besides its text, whoever carries the mail.

Values from outside (a subject with a street's name, the id of a resident's mail) are made harmless
here, before any provider sees them: one line, no control characters, ids of the one shape that
RFC 5322 knows. An id that is not so is left out, never mended: a mended one threads nothing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import urlsplit

from conversations.vocabulary.mail import OutboundMail

LOOP_HEADER = "X-CityHelper-Loop"
"""In every mail of ours; one that comes in with it is our own, or another machine of our kind."""

MAX_SUBJECT = 200
MAX_NAME = 100
MAX_MAILBOX = 320
MAX_REFERENCES = 10
"""Ids in `References`: the thread's root and the newest ones (messaging.md 3.6)."""

_ID = re.compile(r"<[!-;=?A-~]{1,120}@[!-;=?A-~]{1,120}>")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def one_line(text: str, most: int) -> str:
    """Return `text` as one line of at most `most` characters, without what nobody can see."""
    blank = "".join(" " if unicodedata.category(mark) in _UNSEEN else mark for mark in text)
    return " ".join(blank.split())[:most].rstrip()


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def check_mailbox(text: str) -> str:
    """Return a mail address as every server takes it, the domain in ASCII.

    Raises:
        ValueError: it is none, or one only few servers take (quoted, or not in plain letters).
            The text of the error does not quote it.
    """
    local, _, domain = text.strip().rpartition("@")
    if len(text) > MAX_MAILBOX:  # the codec below takes quadratic time
        raise ValueError("not a mail address")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_domain = ""
    good = _LOCAL.fullmatch(local) and len(local) <= 64 and _DOMAIN.fullmatch(ascii_domain)
    if not good or len(local) + len(ascii_domain) > 253:
        raise ValueError("not a mail address")
    return f"{local}@{ascii_domain}"


def make_headers(mail: OutboundMail) -> dict[str, str]:
    """Return the headers beyond sender, recipient, subject and date; all plain ASCII, one line.

    The thread (messaging.md 3.6), what keeps machines from answering (3.7), one-click unsubscribe
    (RFC 8058).
    """
    headers = {
        "Auto-Submitted": "auto-replied" if mail.answers else "auto-generated",
        "X-Auto-Response-Suppress": "All",
        LOOP_HEADER: "1",
    }
    if _ID.fullmatch(mail.message_id):
        headers["Message-ID"] = mail.message_id
    if _ID.fullmatch(mail.in_reply_to):
        headers["In-Reply-To"] = mail.in_reply_to
    if references := _make_references(mail):
        headers["References"] = " ".join(references)
    if _is_link(mail.unsubscribe_url):
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def make_root(reply_to: str) -> str:
    """Return the id of a mail that never was: the same for all mails with this answer address.

    Clients put mails that name it into one thread, also when a provider writes a Message-ID of its
    own over ours. It tells nothing about the token in the address.
    """
    address = reply_to.lower()
    digest = hashlib.sha256(b"thread root:" + address.encode()).hexdigest()[:32]
    return f"<thread.{digest}@{address.rpartition('@')[2]}>"


def _make_references(mail: OutboundMail) -> list[str]:
    """Return the root, the first id and the newest ones; the last is the mail that is answered."""
    chain = [item for item in mail.references if _ID.fullmatch(item)]
    if _ID.fullmatch(mail.in_reply_to):
        chain = [item for item in chain if item != mail.in_reply_to] + [mail.in_reply_to]
    root = make_root(mail.reply_to)
    wanted = ([root] if _ID.fullmatch(root) else []) + [item for item in chain if item != root]
    wanted = list(dict.fromkeys(wanted))
    if len(wanted) > MAX_REFERENCES:
        wanted = wanted[:2] + wanted[2 - MAX_REFERENCES :]
    return wanted


def _is_link(url: str) -> bool:
    """Return whether a URL can stand between angle brackets in a header."""
    plain = url.isascii() and url.isprintable() and not set(url) & set(' <>,"\\')
    return plain and len(url) <= 800 and urlsplit(url).scheme in ("https", "http")
