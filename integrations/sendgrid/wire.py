"""SendGrid's v3 `mail/send` on the wire: its empty answers, and what its refusals mean for us.

Sources: messaging.md 3.5; the vendor's list of errors by field. A refusal is JSON
(`{"errors": [{"message", "field", "help"}]}`) but for 413, which is nginx's HTML. Messages may
quote an address, so nothing but the field's name and our own word is kept of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from integrations.kit.calls import Answer
from integrations.kit.dto import SentMessageDTO
from integrations.kit.errors import AdapterError, RateLimited, Refused, Rejected
from integrations.kit.mail.refusals import MailboxBad, SenderRefused

PROVIDER = "sendgrid"
CREDITS_AGAIN_S = 900.0
LONGEST_WAIT_S = 3600.0

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.=+/-]{8,64}")
_TO_FIELD = re.compile(r"personalizations\.\d+\.to(\.\d+)?(\.email)?")


class CreditsSpent(Refused):
    """The plan's mails of today are used up: later, not lost, and a person should know."""

    code = "rate_limited"
    pages = True
    label = "credits_spent"


def parse_sent(answer: Answer) -> SentMessageDTO:
    """Return what SendGrid took: a 202 with `X-Message-Id`, the beginning of `sg_message_id`."""
    found = answer.headers.get("x-message-id", "")
    if answer.status != 202 or _MESSAGE_ID.fullmatch(found) is None:
        raise ValueError("no mail was taken")
    return SentMessageDTO(provider_message_id=found, status="accepted")


def parse_sandboxed(answer: Answer) -> SentMessageDTO:
    """Return what SendGrid found good in sandbox mode, where it sends nothing: an empty 200."""
    if answer.status != 200 or answer.body.strip():
        raise ValueError("no answer of the sandbox mode")
    return SentMessageDTO(provider_message_id="sandbox", status="sandbox")


def explain_send(answer: Answer) -> AdapterError | None:
    """Return our error for a refused mail, or None to let the status decide."""
    if answer.status == 413:
        return Rejected(PROVIDER, "send", detail="too_large")
    if answer.status == 429:
        return RateLimited(PROVIDER, "send", retry_after=_read_wait(answer))
    first = answer.json()["errors"][0]
    message, field = str(first.get("message", "")), str(first.get("field") or "")
    if answer.status == 401 and "credits exceeded" in message:
        return CreditsSpent(PROVIDER, "send", retry_after=CREDITS_AGAIN_S)
    if answer.status == 403 or field.partition(".")[0] == "from":
        return SenderRefused(PROVIDER, "send", detail=field.partition(".")[0] or "forbidden")
    if answer.status == 400 and _TO_FIELD.fullmatch(field):
        return MailboxBad(PROVIDER, "send", detail="to")
    if answer.status == 400:
        return Rejected(PROVIDER, "send", detail=field.partition(".")[0] or "bad_request")
    return None


def _read_wait(answer: Answer) -> float | None:
    """Return the seconds until the limit is taken back: `X-RateLimit-Reset` is a Unix time."""
    reset, date = answer.headers.get("x-ratelimit-reset", ""), answer.headers.get("date", "")
    if not (reset.isascii() and reset.isdigit() and len(reset) < 12 and 0 < len(date) < 60):
        return None
    seconds = int(reset) - parsedate_to_datetime(date).timestamp()
    return min(max(seconds, 1.0), LONGEST_WAIT_S)


PARSERS: dict[str, Callable[[Answer], object]] = {
    "send": parse_sent,
    "send_sandboxed": parse_sandboxed,
}
EXPLAINERS: dict[str, Callable[[Answer], AdapterError | None]] = {
    "send": explain_send,
    "send_sandboxed": explain_send,
}
