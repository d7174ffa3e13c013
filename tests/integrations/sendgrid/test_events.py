"""What SendGrid reports about mails of ours."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.vocabulary.messages import Receipt
from integrations.kit.mail.errors import MalformedMail
from integrations.sendgrid.events import MAX_BODY, MAX_EVENTS, Kind, MailEvent, parse_events

VECTORS = json.loads((Path(__file__).parent / "vectors/sendgrid_signature.json").read_text())
BASE = {
    "email": "Jane@Example.org",
    "timestamp": 1795372200,
    "event": "delivered",
    "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
    "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
    "intent": "turn-1.2",
    "response": "250 OK",
}


def _one(**changes: Any) -> MailEvent:
    (event,) = parse_events(json.dumps([{**BASE, **changes}]).encode() + b"\r\n").events
    return event


def test_a_delivered_mail() -> None:
    """Every attribute is read, and the receipt says the same."""
    event = _one()

    assert event == MailEvent(
        id=BASE["sg_event_id"],
        kind=Kind.DELIVERED,
        at=datetime.fromtimestamp(1795372200, UTC),
        recipient="jane@example.org",
        intent="turn-1.2",
        message_id="LRzXl_NHStOGhQ4kofSm_A",
        reason="250 OK",
    )
    assert event.as_receipt() == Receipt(
        "sendgrid", "LRzXl_NHStOGhQ4kofSm_A", "turn-1.2", "delivered", None
    )


def test_the_vectors_batches() -> None:
    """The batches of the shared vectors are read: a block, a spam report, a drop."""
    bodies = {v["name"]: base64.b64decode(v["raw_body_b64"]) for v in VECTORS["vectors"]}

    two = parse_events(bodies["event-batch-of-two"]).events
    (dropped,) = parse_events(bodies["sendgrid-python-unit-test"]).events

    assert [(event.kind, event.ends_mail, event.status) for event in two] == [
        (Kind.BLOCKED, False, "5.7.1"), (Kind.SPAM_REPORT, True, ""),
    ]  # fmt: skip
    assert (dropped.kind, dropped.reason, dropped.ends_mail) == (
        Kind.DROPPED,
        "Bounced Address",
        True,
    )


@pytest.mark.parametrize(
    ("changes", "kind", "ends"),
    [
        ({"event": "processed"}, Kind.PROCESSED, False),
        ({"event": "deferred", "attempt": "5"}, Kind.DEFERRED, False),
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, Kind.BOUNCED, True),
        ({"event": "bounce"}, Kind.BOUNCED, True),
        ({"event": "bounce", "type": "blocked"}, Kind.BLOCKED, False),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, Kind.DROPPED, True),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, Kind.DROPPED, True),
        ({"event": "dropped", "reason": "Spam Content"}, Kind.DROPPED, False),
        ({"event": "dropped", "reason": "Invalid SMTPAPI header"}, Kind.DROPPED, False),
        ({"event": "unsubscribe"}, Kind.UNSUBSCRIBE, True),
        ({"event": "group_unsubscribe"}, Kind.GROUP_UNSUBSCRIBE, True),
        ({"event": "group_resubscribe"}, Kind.GROUP_RESUBSCRIBE, False),
        ({"event": "open"}, Kind.OPEN, False),
        ({"event": "click"}, Kind.CLICK, False),
    ],
)  # fmt: skip
def test_kinds_and_what_ends_mail(changes: dict[str, Any], kind: Kind, ends: bool) -> None:
    """Hard bounces, complaints, unsubscribing and their drops end mail; nothing else does."""
    event = _one(**changes)

    assert (event.kind, event.ends_mail) == (kind, ends)


def test_attempts_are_counted() -> None:
    """The attempt of a deferred mail is a number, whatever form it comes in."""
    assert _one(event="deferred", attempt="5").attempt == 5
    assert _one(event="deferred", attempt=2).attempt == 2
    assert _one(event="deferred", attempt="many").attempt == 0


@pytest.mark.parametrize(
    ("value", "message_id"),
    [("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "14c5d75ce93.dfd.64b469"),
     ("abc.recvd-1-2", "abc"), ("m1.f", "m1"), ("m1", "m1"), ("", ""), ("a b", ""), (5, "")],
)  # fmt: skip
def test_message_ids(value: Any, message_id: str) -> None:
    """Of the long id the part is kept that `mail/send` answered."""
    assert _one(sg_message_id=value).message_id == message_id


def test_odd_values_do_not_cost_the_event() -> None:
    """A strange address, intent, status or reason is empty; the reason is one line."""
    event = _one(email="no address", intent="a b", status="5", reason="a\r\nb", response=5)

    assert (event.recipient, event.intent, event.status, event.reason) == ("", "", "", "a b")


@pytest.mark.parametrize(
    "entry",
    [None, 5, "x", [], {}, {**BASE, "event": "nonsense"}, {**BASE, "event": ["open"]},
     {**BASE, "timestamp": "abc"}, {**BASE, "timestamp": -1}, {**BASE, "timestamp": 1e300},
     {**BASE, "timestamp": True}, {**BASE, "sg_event_id": ""}, {**BASE, "sg_event_id": "a b"},
     {name: value for name, value in BASE.items() if name != "sg_event_id"}],
)  # fmt: skip
def test_an_odd_entry_costs_only_itself(entry: Any) -> None:
    """What is no event is passed over and counted; its neighbours are read."""
    batch = parse_events(json.dumps([BASE, entry, {**BASE, "sg_event_id": "b"}]).encode())

    assert [event.id for event in batch.events] == [BASE["sg_event_id"], "b"]
    assert batch.skipped == 1


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b"[", b"[" * 5000, b"\xff", b'["\xff"]', b" " * (MAX_BODY + 1)]
)  # fmt: skip
def test_what_is_no_batch_is_refused(body: bytes) -> None:
    """Anything but a JSON array of bounded length is the one error."""
    with pytest.raises(MalformedMail):
        parse_events(body)


def test_an_endless_batch_is_cut() -> None:
    """Of more events than any batch has, the rest is counted as passed over."""
    batch = parse_events(json.dumps([{**BASE, "sg_event_id": "a"}] * (MAX_EVENTS // 4)).encode())
    long = parse_events(b"[" + b",".join([b"1"] * (MAX_EVENTS + 7)) + b"]")

    assert len(batch.events) == MAX_EVENTS // 4
    assert (long.events, long.skipped) == ((), MAX_EVENTS + 7)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*BASE, "type", "status", "reason", "attempt"]), JSON))
def test_any_entry_is_read_or_passed_over(changes: dict[str, Any]) -> None:
    """No value of any field raises."""
    batch = parse_events(json.dumps([{**BASE, **changes}]).encode())

    assert len(batch.events) + batch.skipped == 1
