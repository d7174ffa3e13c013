"""SendGrid's signature: every vector, the SDK as oracle, and whatever a stranger may send."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from sendgrid.helpers.eventwebhook import EventWebhook

from integrations.sendgrid.signature import load_key, measure_skew, verify
from integrations.sendgrid.twin.hooks import sign as sign_payload

VECTORS = json.loads((Path(__file__).parent / "vectors/sendgrid_signature.json").read_text())
PRIVATE = VECTORS["test_private_key_pem"]
PUBLIC = next(v["public_key"] for v in VECTORS["vectors"] if v["name"] == "event-batch-of-two")
OTHER = VECTORS["vectors"][0]["public_key"]
KEY = "".join(PRIVATE.splitlines()[1:-1])
BODY, STAMP = b'[{"event":"delivered"}]\r\n', "1795372202"


def _sign(body: bytes) -> str:
    """Return a signature at the one timestamp, made as the twin makes it."""
    return sign_payload(KEY, STAMP.encode() + body)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, Any]) -> None:
    """Every shared vector is told right, by us and by the SDK where it can take the body."""
    body = base64.b64decode(vector["raw_body_b64"])
    args = (body, vector["signature"], vector["timestamp"])

    assert verify(*args, [vector["public_key"]]) is vector["expect_valid"]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return
    oracle = EventWebhook(vector["public_key"])
    agreed = oracle.verify_signature(text, vector["signature"], vector["timestamp"])
    assert agreed is vector["expect_valid"]


def test_the_sdk_accepts_what_we_sign() -> None:
    """A signature of the twin's is one for the SDK, and for us."""
    made = _sign(BODY)

    assert EventWebhook(PUBLIC).verify_signature(BODY.decode(), made, STAMP)
    assert verify(BODY, made, STAMP, [PUBLIC])


def test_a_key_as_pem_and_two_keys() -> None:
    """The key may be PEM, and while keys change either of two is right."""
    pem = load_key(PUBLIC).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    made = _sign(BODY)

    assert verify(BODY, made, STAMP, [pem])
    assert verify(BODY, made, STAMP, [OTHER, PUBLIC])
    assert verify(BODY, made, STAMP, ["broken", PUBLIC])
    assert not verify(BODY, made, STAMP, [OTHER])
    assert not verify(BODY, made, STAMP, [])


@pytest.mark.parametrize(
    "signature",
    [None, "", "a", "====", "%%%", "é" * 90, "A" * 10_000, "MEUCIA==", "\x00", " ", b"bytes", 5,
     base64.b64encode(b"0\x06\x02\x01\x00\x02\x01\x00").decode()],
)  # fmt: skip
def test_hostile_signatures(signature: Any) -> None:
    """What is no signature is refused, never raised (messaging.md 8)."""
    assert verify(BODY, signature, STAMP, [PUBLIC]) is False


@pytest.mark.parametrize(
    "stamp",
    [None, "", "abc", "-1", "1" * 500, "１７９５３７２２０２", " 1795372202", b"1", 1795372202,
     "1795372202\n"],
)  # fmt: skip
def test_hostile_timestamps(stamp: Any) -> None:
    """A timestamp that is no plain number is refused, though the signature be right for it."""
    assert verify(BODY, _sign(BODY), stamp, [PUBLIC]) is False


@pytest.mark.parametrize("key", ["", "x", "é", "-----BEGIN PUBLIC KEY-----", None, "AAAA"])
def test_hostile_keys(key: Any) -> None:
    """A missing or broken key accepts nothing."""
    assert verify(BODY, _sign(BODY), STAMP, [key]) is False


def test_wrong_keys_are_found_at_the_start() -> None:
    """A key of another kind or curve is an error when it is loaded."""
    for public in (
        rsa.generate_private_key(65537, 2048).public_key(),
        ec.generate_private_key(ec.SECP384R1()).public_key(),
    ):
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        with pytest.raises(ValueError, match="P-256"):
            load_key(base64.b64encode(der).decode())
    with pytest.raises(ValueError, match="base64 or PEM"):
        load_key(PRIVATE)


def test_any_bytes_can_be_a_body() -> None:
    """A body that is no text is verified like any other."""
    body = bytes(range(256))

    assert verify(body, _sign(body), STAMP, [PUBLIC])


@given(st.binary(max_size=50), st.integers(0, 30), st.integers(1, 255))
def test_a_changed_byte_breaks_it(body: bytes, at: int, by: int) -> None:
    """No body is accepted with one byte changed, added, or moved into the timestamp."""
    made = _sign(body)
    changed = bytearray(body + b"x")
    changed[at % len(changed)] ^= by

    assert not verify(bytes(changed), made, STAMP, [PUBLIC])
    assert not verify(body + b"\r\n", made, STAMP, [PUBLIC])


def test_a_boundary_shift_is_the_timestamps_only_freedom() -> None:
    """Digits of the body cannot pass for the timestamp's when the body begins with none."""
    made = _sign(b"2[]")

    assert verify(b"[]", made, STAMP + "2", [PUBLIC])  # the scheme has no separator
    assert not verify(b"[]", _sign(b"[]"), STAMP + "2", [PUBLIC])


def test_skew_is_measured_not_judged() -> None:
    """An old timestamp is still verified, and how old it is can be told."""
    now = datetime.fromtimestamp(int(STAMP) + 250_000, UTC)

    assert verify(BODY, _sign(BODY), STAMP, [PUBLIC])
    assert measure_skew(STAMP, now) == 250_000
    assert measure_skew("1795622203", now) == -1
    assert measure_skew("abc", now) is None
    assert measure_skew(None, now) is None
