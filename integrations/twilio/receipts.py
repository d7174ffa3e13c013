"""Reading delivery receipts: best effort, unordered, repeated, sometimes before our own answer.

`advance` folds them into one status by rank (vectors: `twilio_status_order.json`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs

from conversations.vocabulary.messages import Receipt
from integrations.twilio.errors_table import meaning_of
from integrations.twilio.form import read_form
from integrations.twilio.inbound import PROVIDER, MalformedInbound

RANKS = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
    "partially_delivered": 4,
    "read": 5,
}
"""Only a higher rank moves a status on. To stay `sent` is no failure: carriers may tell no more."""
FINAL_RANK = 4
NOT_ARRIVED = frozenset({"undelivered", "failed"})
INTENT_FIELD = "intent"

_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_CODE = re.compile(r"[1-9][0-9]{3,5}")
_INTENT = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


def parse_receipt(raw_body: bytes, query: str = "") -> Receipt:
    """Return the receipt of a status callback whose signature was right.

    Args:
        raw_body: the form as it came.
        query: the raw query of the callback URL; its `intent` is our id of the sending.

    Raises:
        MalformedInbound: no message id or no status we know.
    """
    try:
        pairs = read_form(raw_body)
        fields = {name.decode("ascii"): value.decode("utf-8") for name, value in pairs}
    except ValueError:
        raise MalformedInbound("unreadable_form") from None
    if len(fields) != len(pairs):
        raise MalformedInbound("repeated_name")
    sid, status = fields.get("MessageSid", ""), fields.get("MessageStatus", "")
    if _SID.fullmatch(sid) is None:
        raise MalformedInbound("bad_MessageSid")
    if status not in RANKS:
        raise MalformedInbound("unknown_status")
    code = fields.get("ErrorCode", "")
    receipt = Receipt(
        provider=PROVIDER,
        provider_message_id=sid,
        intent=read_intent(query),
        status=status,
        error_code=code if _CODE.fullmatch(code) else None,
    )
    if status not in NOT_ARRIVED:
        return receipt
    meaning = meaning_of(receipt.error_code)
    return replace(
        receipt, failure=meaning.action, retry_after_s=meaning.after_s, alert=meaning.alert
    )


def read_intent(query: str) -> str:
    """Return our id of the sending from a callback URL's query, or an empty string."""
    found = parse_qs(query).get(INTENT_FIELD, [""]) if len(query) <= 2000 else [""]
    return found[0] if len(found) == 1 and _INTENT.fullmatch(found[0]) else ""


def advance(current: str | None, event: str) -> str | None:
    """Return the status after `event`: it moves on only to a higher rank, never back."""
    if event not in RANKS:
        return current
    if current is None or RANKS[event] > RANKS.get(current, -1):
        return event
    return current


def is_final(status: str) -> bool:
    """Tell whether nothing but `read` can still come."""
    return RANKS.get(status, -1) >= FINAL_RANK
