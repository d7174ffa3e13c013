"""Checking the signature of SendGrid's webhooks, Event and Inbound Parse (messaging.md 3.3).

ECDSA on P-256 with SHA-256 over the timestamp and the raw body, a closing CRLF included: whatever
writes the body anew breaks it. Never raises, whatever comes.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_public_key,
    load_pem_public_key,
)

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"
MAX_SIGNATURE = 200
MAX_TIMESTAMP = 20


def verify(
    raw_body: bytes, signature: str | None, timestamp: str | None, keys: Sequence[str]
) -> bool:
    """Tell whether the holder of one of the keys signed this request.

    Args:
        raw_body: the body as it came.
        signature: `X-Twilio-Email-Event-Webhook-Signature`, or None.
        timestamp: `X-Twilio-Email-Event-Webhook-Timestamp`, or None.
        keys: public keys, in SendGrid's base64 form or as PEM; the old and the new one while
            they are changed.

    The age of the timestamp is not judged: whether a retry, for three days, carries a new one is
    not known. A repeat is stopped by the delivery's key; see `measure_skew`.
    """
    try:
        return _verify(raw_body, signature, timestamp, keys)
    except Exception:
        return False


def load_key(key: str) -> EllipticCurvePublicKey:
    """Return the public key, so that a wrong one is found at the start.

    Raises:
        ValueError: no key, or one of another kind.
    """
    text = key.strip()
    try:
        if text.startswith("-----BEGIN"):
            loaded = load_pem_public_key(text.encode("ascii"))
        else:
            loaded = load_der_public_key(b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("not a public key in base64 or PEM") from None
    if not isinstance(loaded, EllipticCurvePublicKey) or not isinstance(loaded.curve, SECP256R1):
        raise ValueError("not a P-256 public key")
    return loaded


def measure_skew(timestamp: str | None, now: datetime) -> float | None:
    """Return the seconds from the timestamp of a request to `now`, None when it is no time.

    Negative for a timestamp in the future.
    """
    if timestamp is None or not _is_number(timestamp):
        return None
    return now.timestamp() - int(timestamp)


_load = lru_cache(maxsize=16)(load_key)


def _verify(
    raw_body: bytes, signature: str | None, timestamp: str | None, keys: Sequence[str]
) -> bool:
    if not isinstance(signature, str) or not isinstance(timestamp, str):
        return False
    if not signature.isascii() or len(signature) > MAX_SIGNATURE or not _is_number(timestamp):
        return False
    try:
        given = b64decode(signature, validate=True)
    except binascii.Error:
        return False
    message = timestamp.encode("ascii") + raw_body
    return any(_is_made_by(key, given, message) for key in keys)


def _is_made_by(key: str, given: bytes, message: bytes) -> bool:
    try:
        _load(key).verify(given, message, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_number(timestamp: str) -> bool:
    return timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP
