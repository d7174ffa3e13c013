"""Delivery receipts: read strictly, folded by rank whatever their order."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.vocabulary.messages import Failure
from integrations.twilio.inbound import MalformedInbound
from integrations.twilio.receipts import RANKS, advance, is_final, parse_receipt, read_intent

SID = "SM" + "0" * 31 + "1"
VECTORS = Path(__file__).with_name("vectors") / "twilio_status_order.json"


def _receipt(query: str = "intent=out-7", **changes: str):
    form = {"MessageSid": SID, "MessageStatus": "delivered", "To": "+12125550123", **changes}
    return parse_receipt(urlencode(form).encode(), query)


def test_a_receipt_is_read() -> None:
    """Message, status, our intent and the error number are read."""
    receipt = _receipt(MessageStatus="undelivered", ErrorCode="30003")
    assert (receipt.provider_message_id, receipt.status) == (SID, "undelivered")
    assert (receipt.intent, receipt.error_code) == ("out-7", "30003")


def test_odd_parts_are_left_out() -> None:
    """An error code or an intent that is none of ours is left out, not passed on."""
    assert _receipt(ErrorCode="<b>").error_code is None
    assert _receipt(ErrorCode="").error_code is None
    assert read_intent("intent=a&intent=b") == ""
    assert read_intent("intent=%00") == ""
    assert read_intent("x" * 3000) == ""


@pytest.mark.parametrize(
    "changes", [{"MessageSid": "x"}, {"MessageStatus": "happy"}, {"MessageStatus": ""}]
)
def test_refused(changes: dict[str, str]) -> None:
    """Without a message id or a status we know there is no receipt."""
    with pytest.raises(MalformedInbound):
        _receipt(**changes)


@given(st.binary(max_size=200), st.text(max_size=80))
def test_hostile_receipts(body: bytes, query: str) -> None:
    """Whatever comes, the only exception is ours."""
    with pytest.raises(MalformedInbound):
        parse_receipt(body, query)


def test_order_vectors() -> None:
    """The contract's orderings end as it says."""
    for case in json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]:
        status = case["initial"]
        for event in case["events"]:
            status = advance(status, event)
        assert status == case["final"], case


@given(st.lists(st.sampled_from(sorted(RANKS))), st.randoms(use_true_random=False))
def test_rank_never_falls(events: list[str], _random: object) -> None:
    """Receipts in any order, repeated or not, never move a status back."""
    status = None
    for event in events:
        before = status
        status = advance(status, event)
        assert before is None or RANKS[status] >= RANKS[before]
        assert not (before is not None and is_final(before) and not is_final(status))
    assert advance(status, "nonsense") == status


def test_what_a_failed_message_asks_for() -> None:
    """Only a message that did not arrive asks for something; its code says what."""
    assert _receipt(MessageStatus="sent", ErrorCode="30003").failure is None
    late = _receipt(MessageStatus="undelivered", ErrorCode="30003")
    assert (late.failure, late.retry_after_s) == (Failure.RETRY_LATER, 45 * 60)
    assert _receipt(MessageStatus="failed", ErrorCode="30006").failure is Failure.UNREACHABLE
    assert _receipt(MessageStatus="undelivered", ErrorCode="30005").failure is Failure.DOUBTFUL
    assert _receipt(MessageStatus="undelivered", ErrorCode="30007").alert
    assert _receipt(MessageStatus="undelivered").failure is Failure.GIVE_UP
