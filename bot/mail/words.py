"""What a mail says: the resident's own words, cut from quotes; the subject where it matters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.reading.mail.trim import trim
from conversations.vocabulary.mail import InboundMail

LONGEST_SUBJECT = 200
_PREFIX = re.compile(
    r"^\s*((re|aw|sv|antw|rif|fw|fwd|wg|tr|rv|res|enc|ref|i|vs|vl|odp|pd|ynt|ilt)\s*(\[\d+\])?\s*[:：]\s*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A mail's words: `text` as the conversation reads it, `subject` without "Re:"."""

    text: str
    subject: str


def read_words(mail: InboundMail, sent: Sequence[str], *, fresh: bool) -> Said:
    """Return what a mail says.

    Args:
        mail: as it came.
        sent: what we wrote in its thread; it is cut where it is quoted.
        fresh: it answers nothing, so its subject belongs to what it says.
    """
    plain = trim(mail.text, "plain", sent) if mail.text.strip() else None
    reply = (plain or trim(mail.html, "html", sent)).reply.strip()
    subject = _PREFIX.sub("", mail.subject).strip()[:LONGEST_SUBJECT]
    if fresh and subject and subject.casefold() not in reply.casefold():
        reply = f"{subject.rstrip('.')}. {reply}" if reply else subject
    return Said(reply, subject)
