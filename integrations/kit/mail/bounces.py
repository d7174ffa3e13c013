"""Reading a delivery report: the standard one (RFC 3464), and those of programs that never read it.

A report proves nothing: anybody can write one. Believe it only when `message_id` is one of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conversations.vocabulary.mail import Bounce
from integrations.kit.mail.addresses import check_address
from integrations.kit.mail.head import Head, read_head

LOOKED_AT = 16 * 1024
"""Characters of a report's text in which its reason is looked for."""
MAX_RECIPIENTS = 50

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-]#?(?:[45]\.\d|[A-Za-z<]))")
_MESSAGE_ID = re.compile(r"(?:^|\n)[ \t>]{0,8}message-id:\s{0,9}(<[^<>\s]{1,900}>)", re.I)
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_GONE = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox|person|address)|"
    r"(?:user|account|mailbox|recipient|address)[^.\n]{0,60}"
    r"(?:does(?: not|n't) (?:exist|have)|not exist|not found|unknown|disabled|inactive|rejected)|"
    r"invalid (?:recipient|mailbox|address)|no mailbox here|mailbox unavailable|"
    r"doesn't have an? [a-z.]{1,40} account",
    re.I,
)
_HARD = frozenset(["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
_UNTOLD = frozenset(["", "5.0.0", "5.3.0", "5.4.0", "5.5.0", "5.5.1", "5.5.4"])
"""Statuses that say only "no"; then the reason in words decides."""


def read_bounce(head: Head, reports: Sequence[tuple[str, str]], text: str) -> Bounce | None:
    """Return what a report says about the first recipient that was not reached, or None.

    Args:
        head: the report's own headers.
        reports: its machine readable parts and the returned head: content type, text.
        text: what it says to people.

    None when it tells of success (delivered, relayed), or when nothing can be made out.
    """
    message_id = _find_message_id(reports, text) or head.first("in-reply-to")[:900]
    for kind, content in reports:
        if kind == "message/delivery-status":
            found = _read_standard(content, message_id)
            if found is not None:
                return found[0]
    return _read_prose(head, text[:LOOKED_AT], message_id)


def _read_standard(content: str, message_id: str) -> tuple[Bounce | None] | None:
    """Return the bounce in a tuple; (None,) for a report of success; None when it says nothing."""
    told = False
    for block in _blocks(content):
        action = block.first("action").partition(" ")[0].lower()
        recipient = _address(block.first("final-recipient") or block.first("original-recipient"))
        if not action and not recipient:
            continue
        told = True
        if action not in ("failed", "delayed", ""):
            continue
        found = _STATUS.search(block.first("status") or block.first("diagnostic-code"))
        status = found[0] if found else ""
        reason = block.first("diagnostic-code")
        hard = action != "delayed" and is_hard(status, reason)
        return (Bounce(recipient, hard, status, message_id),)
    return (None,) if told else None


def is_hard(status: str, reason: str) -> bool:
    """Tell whether a mailbox will not take mail later either.

    Args:
        status: enhanced status code (RFC 3463), or empty.
        reason: what the receiving server said.

    A full mailbox, a refusal of our content or of our server is no fault of the mailbox.
    """
    if status in _HARD:
        return True
    return status in _UNTOLD and _GONE.search(reason[:1000]) is not None


def _blocks(content: str) -> Iterator[Head]:
    raw = content.encode("utf-8").replace(b"\r\n", b"\n")
    for block in raw.split(b"\n\n", MAX_RECIPIENTS)[:MAX_RECIPIENTS]:
        yield read_head(block.strip(b"\n") + b"\n\n")


def _address(value: str) -> str:
    """Return the address of `rfc822; jane@example.com`."""
    return check_address(value.rpartition(";")[2].strip().strip("<>"))


def _find_message_id(reports: Sequence[tuple[str, str]], text: str) -> str:
    for kind, content in reports:
        if kind in ("text/rfc822-headers", "message/rfc822"):
            found = read_head(content.encode("utf-8").lstrip()).first("message-id").strip()
            if found.startswith("<"):
                return found[:900]
    prose = _MESSAGE_ID.search(text[: 4 * LOOKED_AT])
    return prose[1] if prose else ""


def _read_prose(head: Head, text: str, message_id: str) -> Bounce | None:
    """Return what a report without a machine readable part says (qmail, Exim, old Exchange)."""
    named = check_address(head.first("x-failed-recipients").partition(",")[0].strip())
    # The mail that it sends back follows; the addresses in there are not meant.
    said = re.split(r"\n-{2,}|\nReceived: |\nReturn-Path: ", text, maxsplit=1)[0]
    said = said if _CODE.search(said) or _STATUS.search(said) else text
    found = _STATUS.search(said)
    code = _CODE.search(said)
    status = found[0] if found else ""
    recipient = named or next(
        (address for word in _ADDRESS.findall(said) if (address := check_address(word.strip(".")))),
        "",
    )
    if not recipient and not status and code is None:
        return None
    lasting = status.startswith("5") or (not status and (code is None or code[1].startswith("5")))
    return Bounce(recipient, lasting and is_hard(status, said), status, message_id)
